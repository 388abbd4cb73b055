<?php
/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the application sends: notifications, each of which is kept and
 * broadcast, and an event.
 */

namespace App\Notifications {
    use Illuminate\Notifications\Notification;

    abstract class Kept extends Notification
    {
        public function __construct(private $data)
        {
        }

        public function via($user)
        {
            return ['database', 'broadcast'];
        }

        public function toArray($user)
        {
            return $this->data;
        }
    }

    class OrderPaid extends Kept
    {
    }

    class OrderShipped extends Kept
    {
    }

    class InvoiceOverdue extends Kept
    {
    }

    class ExportReady extends Kept
    {
    }
}

namespace App\Events {
    use Illuminate\Broadcasting\PrivateChannel;
    use Illuminate\Contracts\Broadcasting\ShouldBroadcast;

    class StockCounted implements ShouldBroadcast
    {
        public function __construct(public $title)
        {
        }

        public function broadcastOn()
        {
            return new PrivateChannel('App.Models.User.1001');
        }
    }
}
