package dev.lethe.cli.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.schema.Manifest;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.merge.InvalidInput;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobChangeTest {
    private static final Path JOB = Path.of("job.json");

    @ParameterizedTest
    @CsvSource({
        "'', 'suspend: true'",
        "'suspend: true', ''",
        "'', 'retry: {maxAttempts: 5}'",
        "'activeDeadlineSeconds: 60', 'activeDeadlineSeconds: 61'",
        "'activeDeadlineSeconds: 60', ''",
    })
    void whatAClusterLetsChangeIsTaken(String before, String after) {
        assertThat(JobChange.take(job(before), job(after), JOB).spec())
                .isEqualTo(job(after).spec());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|merge: {density: 0.5}|spec.merge: found {\"density\":0.5}, expected nothing",
                "merge: {density: 0.5}|merge: {density: 0.6}|spec.merge.density: found 0.6, expected 0.5",
                "activeDeadlineSeconds: 60|activeDeadlineSeconds: 59|spec.activeDeadlineSeconds: found 59, expected 60",
                // As in a cluster: a deadline where there was none is a lower one.
                "''|activeDeadlineSeconds: 60|spec.activeDeadlineSeconds: found 60, expected nothing",
                // What may change is no reason, whatever else is.
                "suspend: true|queueName: gpu|spec.queueName: found \"gpu\", expected nothing",
            })
    void whatAClusterRefusesIsNamedWithBothValues(String before, String after, String message) {
        assertThatThrownBy(() -> JobChange.take(job(before), job(after), JOB))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("job.json: " + message + ", as when this run began; a changed job needs another --workdir");
    }

    private static Resource<UnlearningJobSpec, UnlearningJobStatus> job(String more) {
        var text =
                """
                apiVersion: lethe.dev/v1alpha1
                kind: UnlearningJob
                metadata: {name: request}
                spec:
                  model: {uri: file:/m}
                  forget: {uri: file:/f.jsonl}
                  retain: {uri: file:/r.jsonl}
                  output: {uri: file:/o}
                  %s
                """
                        .formatted(more);
        return Documents.job("job", Manifest.parse("job", text).getFirst());
    }
}
