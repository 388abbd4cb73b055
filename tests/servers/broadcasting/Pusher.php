<?php
/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What Laravel calls of the package pusher/pusher-php-server, which Debian
 * doesn't have.
 */

namespace Pusher;

class ApiErrorException extends \Exception
{
}

class Pusher
{
    public function __construct(
        private $key, private $secret, private $app, private $options = []
    ) {
    }

    public function getSettings()
    {
        return $this->options;
    }

    private function sign($text)
    {
        return hash_hmac('sha256', $text, $this->secret);
    }

    public function socket_auth($channel, $socket)
    {
        return json_encode(['auth' => "$this->key:{$this->sign("$socket:$channel")}"]);
    }

    public function presence_auth($channel, $socket, $user, $info)
    {
        $data = json_encode(['user_id' => (string) $user, 'user_info' => $info]);

        return json_encode([
            'auth' => "$this->key:{$this->sign("$socket:$channel:$data")}",
            'channel_data' => $data,
        ]);
    }

    public function trigger($channels, $event, $data, $parameters = [])
    {
        $body = json_encode([
            'name' => $event, 'channels' => $channels, 'data' => json_encode($data),
        ] + $parameters);
        $path = "/apps/$this->app/events";
        $query = http_build_query([
            'auth_key' => $this->key, 'auth_timestamp' => time(),
            'auth_version' => '1.0', 'body_md5' => md5($body),
        ]);
        $signature = $this->sign("POST\n$path\n$query");
        $answer = @file_get_contents(
            "http://127.0.0.1:{$this->options['port']}$path?$query&auth_signature=$signature",
            false,
            stream_context_create(['http' => [
                'method' => 'POST',
                'header' => 'Content-Type: application/json',
                'content' => $body,
                'timeout' => 10,
            ]])
        );
        if ($answer === false) {
            throw new ApiErrorException(error_get_last()['message']);
        }
    }
}
