<?php

use Illuminate\Support\Facades\Broadcast;

Broadcast::channel('App.Models.User.{id}', function ($user, $id) {
    return (int) $user->id === (int) $id;
});

Broadcast::channel('team.{id}', function ($user, $id) {
    return $id === '5' ? ['id' => $user->id] : false;
});
