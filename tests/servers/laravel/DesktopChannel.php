<?php

namespace App\Notifications;

use Illuminate\Support\Facades\Http;

class DesktopChannel
{
    public function send($user, $notification)
    {
        $query = http_build_query(
            ['project' => 'jd-shop', 'uid' => $user->id], '', '&', PHP_QUERY_RFC3986
        );

        Http::timeout(10)->retry(20, 1000)
            ->post(config('services.desktop.url') . "/publish?$query", [
                'id' => $notification->id,
                'type' => get_class($notification),
            ] + $notification->toArray($user))
            ->throw();
    }
}
