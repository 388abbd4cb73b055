<?php

namespace App\Notifications;

use Illuminate\Bus\Queueable;
use Illuminate\Contracts\Queue\ShouldQueue;
use Illuminate\Notifications\Notification;

class ExportReady extends Notification implements ShouldQueue
{
    use Queueable;

    public $filename;

    public function __construct($filename)
    {
        $this->filename = $filename;
    }

    public function via($user)
    {
        return [DesktopChannel::class];
    }

    public function toArray($user)
    {
        return ['title' => 'Export ready', 'filename' => $this->filename];
    }
}
