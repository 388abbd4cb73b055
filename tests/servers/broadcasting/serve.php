<?php
/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Answers one request: what php -S runs.
 */

require __DIR__ . '/application.php';

$kernel = make_application()->make(Illuminate\Contracts\Http\Kernel::class);
$request = Illuminate\Http\Request::capture();
$response = $kernel->handle($request)->send();
$kernel->terminate($request, $response);
