package dev.lethe.operator.metric;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteBuffer;
import java.util.List;

/** Counts requests to the API server except watches, by method and status code. */
public record ApiRequestCounter(MeterRegistry registry) implements Interceptor {
    /** The name under which the client holds this interceptor. */
    public static final String NAME = "lethe-requests";

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        count(request, Integer.toString(response.code()));
    }

    @Override
    public void afterConnectionFailure(HttpRequest request, Throwable failure) {
        count(request, "none");
    }

    private void count(HttpRequest request, String code) {
        Counter.builder("lethe.api.requests")
                .description("Requests to the API server, watches apart")
                .tag("method", request.method())
                .tag("code", code)
                .register(registry)
                .increment();
    }
}
