<?php

namespace App\Notifications;

use Illuminate\Bus\Queueable;
use Illuminate\Contracts\Queue\ShouldQueue;
use Illuminate\Notifications\Notification;

class OrderPaid extends Notification implements ShouldQueue
{
    use Queueable;

    public $number;

    public function __construct($number)
    {
        $this->number = $number;
    }

    public function via($user)
    {
        return [DesktopChannel::class];
    }

    public function toArray($user)
    {
        return [
            'title' => 'Order paid',
            'content' => "Order <b>#{$this->number}</b> is paid",
        ];
    }
}
