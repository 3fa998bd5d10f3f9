package dev.lethe.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaderLeaseTest {
    private static final String NAME = "lethe-operator";

    @ParameterizedTest
    @CsvSource({"lethe-operator, me, ''", "lethe-operator, another, another", "b-lethe-operator, me, me"})
    void isGivenUpByItsHolderAlone(String released, String holder, String afterwards) {
        try (var cluster = new FakeCluster()) {
            var now = ZonedDateTime.now(ZoneOffset.UTC);
            var leases = cluster.client.leases().inNamespace(FakeCluster.NAMESPACE);
            leases.resource(new LeaseBuilder()
                            .withNewMetadata()
                            .withName(NAME)
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

            new LeaderLease(cluster.client, FakeCluster.NAMESPACE, released, "me").release();

            var held = leases.withName(NAME).require();
            assertThat(held.getSpec().getHolderIdentity()).isEqualTo(afterwards);
        }
    }
}
