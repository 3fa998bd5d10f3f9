package dev.lethe.operator;

import dev.lethe.operator.cluster.ClusterClient;
import dev.lethe.operator.metric.ApiRequestCounter;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Provides the client to the beans that need it. */
@ApplicationScoped
class KubernetesClientProducer {
    @Produces
    @Singleton
    KubernetesClient client(Vertx vertx, MeterRegistry registry) {
        return ClusterClient.builder()
                .withHttpClientFactory(new VertxHttpClientFactory(vertx))
                .withHttpClientBuilderConsumer(
                        http -> http.addOrReplaceInterceptor(ApiRequestCounter.NAME, new ApiRequestCounter(registry)))
                .build();
    }

    void close(@Disposes KubernetesClient client) {
        client.close();
    }
}
