<?php
/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * As much of a Laravel application (Debian's php-laravel-framework, 8.83 and
 * 10.48) as it takes to broadcast notifications; php -S runs it once for each
 * request. What it knows is in the folder WN_PREFIX: its settings, a database of
 * users, their tokens and notifications, and exports. The folder routes has what
 * people's own applications have there.
 *
 * The guard is called `sanctum` and takes a bearer token, as Sanctum's does.
 */

namespace App\Models {
    require 'Illuminate/autoload.php';
    require 'GuzzleHttp/autoload.php';
    require __DIR__ . '/Pusher.php';
    require __DIR__ . '/notifications.php';

    class User extends \Illuminate\Foundation\Auth\User
    {
        use \Illuminate\Notifications\Notifiable;

        public $timestamps = false;
    }
}

namespace {
    use App\Models\User;
    use Illuminate\Http\Request;
    use Illuminate\Support\Facades\Auth;
    use Illuminate\Support\Facades\Broadcast;
    use Illuminate\Support\Facades\DB;
    use Illuminate\Support\Facades\Facade;
    use Illuminate\Support\Facades\Route;
    use Illuminate\Support\Facades\Schema;

    class Kernel extends Illuminate\Foundation\Http\Kernel
    {
        protected $bootstrappers = [];
        protected $middlewareGroups = ['web' => [], 'api' => []];
        protected $routeMiddleware = [
            'auth' => Illuminate\Auth\Middleware\Authenticate::class,
        ];
    }

    function configuration($prefix, $settings)
    {
        return [
            'app' => ['url' => "http://127.0.0.1:{$settings['port']}", 'debug' => false],
            'auth' => [
                'defaults' => ['guard' => 'web'],
                'guards' => [
                    'web' => ['driver' => 'session-of-nobody'],
                    'sanctum' => ['driver' => 'bearer'],
                ],
            ],
            'broadcasting' => [
                'default' => 'pusher',
                'connections' => ['pusher' => [
                    'driver' => 'pusher',
                    'key' => 'key1',
                    'secret' => 'secret1',
                    'app_id' => 'app1',
                    'options' => ['port' => $settings['socket_port']],
                ]],
            ],
            'database' => [
                'default' => 'sqlite',
                'connections' => ['sqlite' => [
                    'driver' => 'sqlite', 'database' => "$prefix/database.sqlite",
                ]],
            ],
            'logging' => [
                'default' => 'errors', 'channels' => ['errors' => ['driver' => 'errorlog']],
            ],
            'queue' => [
                'default' => 'sync',
                'connections' => ['sync' => ['driver' => 'sync']],
            ],
            'view' => ['paths' => [], 'compiled' => $prefix],
        ];
    }

    function add_routes($wants_cookies)
    {
        if ($wants_cookies) {
            Broadcast::routes();
        } else {
            require __DIR__ . '/routes/broadcasting.php';
        }
        require __DIR__ . '/routes/channels.php';
        Route::prefix('api')->group(__DIR__ . '/routes/api.php');
        Route::get('/login', function () {
            return 'Who are you?';
        })->name('login');
        Route::middleware('auth:sanctum')->get('/exports/{name}', function ($name) {
            return response()->download(getenv('WN_PREFIX') . "/exports/$name");
        });
    }

    /** POST /send/CLASS with a notification's data, or an event's title. */
    function add_senders()
    {
        Route::post('/send/StockCounted', function (Request $request) {
            event(new App\Events\StockCounted($request->title));
        });
        Route::post('/send/{class}', function (Request $request, $class) {
            $class = "App\\Notifications\\$class";
            User::find(1001)->notify(new $class($request->all()));
        });
        Route::get('/version', function () {
            return app()->version();
        });
    }

    /** The tables, where there are none yet, and the users. */
    function migrate()
    {
        if (Schema::hasTable('users')) {
            return;
        }
        Schema::create('users', function ($table) {
            $table->id();
        });
        Schema::create('tokens', function ($table) {
            $table->string('token');
            $table->integer('user_id');
        });
        // As `artisan notifications:table` makes it.
        Schema::create('notifications', function ($table) {
            $table->uuid('id')->primary();
            $table->string('type');
            $table->morphs('notifiable');
            $table->text('data');
            $table->timestamp('read_at')->nullable();
            $table->timestamps();
        });
        DB::table('users')->insert([['id' => 1001], ['id' => 7]]);
        DB::table('tokens')->insert(['token' => '1|token-of-1001', 'user_id' => 1001]);
    }

    function make_application()
    {
        $prefix = getenv('WN_PREFIX');
        $settings = json_decode(file_get_contents("$prefix/settings.json"), true);
        $app = new Illuminate\Foundation\Application($prefix);
        $app->instance(
            'config', new Illuminate\Config\Repository(configuration($prefix, $settings))
        );
        $app->instance('env', 'production');
        $app->singleton(Illuminate\Contracts\Http\Kernel::class, Kernel::class);
        $app->singleton(
            Illuminate\Contracts\Debug\ExceptionHandler::class,
            Illuminate\Foundation\Exceptions\Handler::class
        );
        Facade::setFacadeApplication($app);
        $app->instance('request', Request::capture());
        foreach ([
            'Auth\Auth', 'Broadcasting\Broadcast', 'Bus\Bus', 'Database\Database',
            'Filesystem\Filesystem', 'Notifications\Notification',
            'Pagination\Pagination', 'Queue\Queue', 'View\View',
        ] as $name) {
            $app->register("Illuminate\\{$name}ServiceProvider");
        }
        $app->boot();
        Auth::viaRequest('session-of-nobody', function () {
            return null;
        });
        Auth::viaRequest('bearer', function ($request) {
            $token = DB::table('tokens')->where('token', $request->bearerToken())->first();
            return $token ? User::find($token->user_id) : null;
        });
        migrate();
        add_routes($settings['wants_cookies']);
        add_senders();

        return $app;
    }

    $kernel = make_application()->make(Illuminate\Contracts\Http\Kernel::class);
    $request = Request::capture();
    $response = $kernel->handle($request)->send();
    $kernel->terminate($request, $response);
}
