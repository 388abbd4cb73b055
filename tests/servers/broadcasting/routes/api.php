<?php

use Illuminate\Http\Request;
use Illuminate\Support\Facades\Route;

Route::middleware('auth:sanctum')->get('/notifications', function (Request $request) {
    return $request->user()->unreadNotifications()->simplePaginate(50);
});
