package dev.lethe.operator;

import dev.lethe.operator.cluster.ClusterClient;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** What others make and beans of ours take. */
@ApplicationScoped
class Beans {
    @Produces
    @Singleton
    KubernetesClient client(Vertx vertx) {
        return ClusterClient.builder()
                .withHttpClientFactory(new VertxHttpClientFactory(vertx))
                .build();
    }

    void close(@Disposes KubernetesClient client) {
        client.close();
    }
}
