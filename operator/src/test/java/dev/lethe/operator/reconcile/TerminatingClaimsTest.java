package dev.lethe.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.operator.cluster.JsonText;
import dev.lethe.operator.cluster.LetheObject;
import org.junit.jupiter.api.Test;

class TerminatingClaimsTest {
    @Test
    void everyClaimThatASpecNamesIsFound() {
        var stage = new LetheObject.ModelTraining();
        stage.setSpec(
                new JsonText(
                        """
                {"model":{"uri":"pvc://models/a/b"},"data":{"uri":"file:pvc/x"},"workspace":{"persistentVolumeClaim":"work"},\
                "compute":{"volumes":[{"name":"c","persistentVolumeClaim":"cache.2"}]},"output":{"uri":"pvc://work/o"}}"""));
        assertThat(TerminatingClaims.names(stage).distinct()).containsExactlyInAnyOrder("models", "work", "cache.2");
    }
}
