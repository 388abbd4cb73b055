<?php
/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The notifications that the application sends: each is stored, and broadcast
 * as Laravel itself does it.
 */

namespace App\Notifications;

use Illuminate\Notifications\Notification;

abstract class Stored extends Notification
{
    public function __construct(public $argument)
    {
    }

    public function via($user)
    {
        return ['database', 'broadcast'];
    }
}

class OrderPaid extends Stored
{
    public function toArray($user)
    {
        return [
            'title' => 'Order paid',
            'content' => "Order <b>#{$this->argument}</b> is paid — ünïcode / slash",
        ];
    }
}

/** What an application may call its words. */
class InvoiceOverdue extends Stored
{
    public function toArray($user)
    {
        return ['message' => "Invoice {$this->argument} is overdue"];
    }
}

class ExportReady extends Stored
{
    public function toArray($user)
    {
        return ['title' => 'Export ready', 'filename' => $this->argument];
    }
}

class ExportWithUrl extends Stored
{
    public function toArray($user)
    {
        return [
            'title' => 'Export ready',
            'filename' => $this->argument,
            'url' => url('/exports/' . rawurlencode($this->argument)),
        ];
    }
}
