package dev.lethe.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaderLeaseTest {
    @ParameterizedTest
    @CsvSource({"me, ''", "another, another"})
    void isGivenUpByItsHolderAlone(String holder, String afterwards) {
        try (var cluster = new FakeCluster()) {
            var now = ZonedDateTime.now(ZoneOffset.UTC);
            var leases = cluster.client.leases().inNamespace(FakeCluster.NAMESPACE);
            leases.resource(new LeaseBuilder()
                            .withNewMetadata()
                            .withName(LeaderLease.NAME)
                            .endMetadata()
                            .withNewSpec()
                            .withHolderIdentity(holder)
                            .withLeaseDurationSeconds(15)
                            .withAcquireTime(now)
                            .withRenewTime(now)
                            .withLeaseTransitions(1)
                            .endSpec()
                            .build())
                    .create();

            new LeaderLease(cluster.client, FakeCluster.NAMESPACE, "me").release();

            var held = leases.withName(LeaderLease.NAME).require();
            assertThat(held.getSpec().getHolderIdentity()).isEqualTo(afterwards);
        }
    }
}
