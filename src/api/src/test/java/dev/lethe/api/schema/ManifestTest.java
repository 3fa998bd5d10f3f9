package dev.lethe.api.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.ModelMergeSpec;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.UnlearningJobSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {
    private static final String JOB =
            """
            apiVersion: lethe.dev/v1alpha1
            kind: UnlearningJob
            metadata: {name: request-4711}
            spec:
              model: &model {uri: pvc://models/olmo-1b}
              forget:
                uri: pvc://requests/4711/forget.jsonl
              retain: *model
              output: {uri: file:models/olmo-1b-4711}
            """;

    @TempDir
    Path folder;

    @Test
    void aJobIsReadWithItsDefaults() throws Exception {
        var job = Manifest.readOne(Files.writeString(folder.resolve("job.yaml"), JOB), Kind.UnlearningJob);
        var spec = (UnlearningJobSpec) job.spec();
        assertThat(spec.retain().file()).isEqualTo(spec.model());
        assertThat(spec.recipe()).isEqualTo("calibrated-merge");
        assertThat(spec.specialists()).isNull();
        assertThat(job.status()).isNull();
    }

    @Test
    void aFileMayHoldManyResources() {
        var resources = Manifest.parse(
                "many.yaml",
                JOB + "---\n# nothing\n---\n"
                        + """
                {"apiVersion": "lethe.dev/v1alpha1", "kind": "ModelMerge", "metadata": {"name": "m"}, "status": {"x": 1},
                 "spec": {"inputs": [{"name": "a", "uri": "file:a"}], "output": {"uri": "file:b"}, "suspend": null}}
                """);
        assertThat(resources).extracting(it -> it.kind()).containsExactly(Kind.UnlearningJob, Kind.ModelMerge);
        var merge = (ModelMergeSpec) resources.get(1).spec();
        assertThat(merge.inputs().getFirst().weight()).isEqualTo(1.0);
        assertThat(merge.output().form()).isEqualTo("adapter");
        assertThat(merge.method()).isEqualTo("ties");
        assertThat(merge.execution().suspend()).isNull();
    }

    @Test
    void everyProblemIsReportedWhereItStands() {
        assertProblems(
                """
                apiVersion: lethe.dev/v1alpha1
                kind: UnlearningJob
                metadata: {name: 4711}
                spec:
                  model: pvc://models/olmo-1b
                  forgot: {uri: pvc://requests/4711/forget.jsonl}
                  retain: {uri: s4://requests/retain.jsonl}
                  output: {uri: pvc://models/olmo-1b-4711}
                  output: {uri: pvc://models/olmo-1b-4712}
                  suspend: yes
                  retry: {maxAttempts: 2.5}
                  specialists:
                  - name: over
                    training: {epochs: 0, dtype: float16, learningRate: .nan}
                  - {name: over, lora: {rank: 2000, dropout: 1}}
                  merge: {density: 0, weights: [1, x, 1]}
                  compute: {resources: {limits: {memory: 16GiB, cpu: 2}}}
                  colour: red
                """,
                """
                job.yaml:3:18: metadata.name: found 4711, expected a text: quote it
                job.yaml:5:3: spec.workspace: an output in a claim needs workspace.persistentVolumeClaim, the claim that the stages share
                job.yaml:5:10: spec.model: found 'pvc://models/olmo-1b', expected a mapping
                job.yaml:6:3: spec.forgot: found an unknown field, expected forget
                job.yaml:7:17: spec.retain.uri: found 's4://requests/retain.jsonl', expected one of pvc://CLAIM/PATH, file:PATH, hf://OWNER/NAME[@REVISION], hf://datasets/OWNER/NAME[@REVISION]/FILE, s3://BUCKET/KEY, oci://REGISTRY/REPOSITORY:TAG or @sha256:HEX; did you mean s3:?
                job.yaml:9:3: spec.output: found twice, expected once
                job.yaml:10:12: spec.suspend: found 'yes', expected true or false
                job.yaml:11:24: spec.retry.maxAttempts: found 2.5, expected a whole number
                job.yaml:14:24: spec.specialists[0].training.epochs: found 0, expected at least 1
                job.yaml:14:34: spec.specialists[0].training.dtype: found 'float16', expected one of auto, float32, bfloat16
                job.yaml:14:57: spec.specialists[0].training.learningRate: found .nan, expected a finite number
                job.yaml:15:31: spec.specialists[1].lora.rank: found 2000, expected at most 1024
                job.yaml:15:46: spec.specialists[1].lora.dropout: found 1, expected less than 1
                job.yaml:16:20: spec.merge.density: found 0, expected more than 0
                job.yaml:16:36: spec.merge.weights[1]: found 'x', expected a finite number
                job.yaml:17:42: spec.compute.resources.limits.memory: found '16GiB', expected a match of ^(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE][-+]?[0-9]+))?$
                job.yaml:18:3: spec.colour: found an unknown field, expected one of activeDeadlineSeconds, compute, decouple, evaluation, forget, merge, model, output, queueName, recipe, retain, retry, rounds, specialists, suspend, template, ttlSecondsAfterFinished, workspace
                """);
    }

    @Test
    void aRuleSaysWhereItsFieldStands() {
        assertProblems(
                JOB
                        + """
                  merge: {weights: [1, 2, 3]}
                  specialists:
                  - {name: over}
                  - {name: over}
                """,
                """
                job.yaml:13:5: spec.specialists[1].name: found 'over' twice, expected it once
                """);
        assertProblems(
                JOB + "  merge: {weights: [1, 2, 3]}\n",
                """
                job.yaml:10:20: spec.merge.weights: merge.weights needs one weight per specialist (the recipe has 2)
                """);
    }

    @Test
    void aMetricIsNamedThatWasProbablyMeant() {
        var job = JOB + "  evaluation: {gates: [{metric: semeval2025/forget-knowlege, max: 0.1}]}\n";
        var invalid = catchThrowableOfType(InvalidManifest.class, () -> Manifest.parse("job.yaml", job));
        assertThat(invalid.problems())
                .singleElement()
                .asString()
                .startsWith("job.yaml:10:33: spec.evaluation.gates[0].metric: found 'semeval2025/forget-knowlege',"
                        + " expected semeval2025/forget-knowledge: unknown metric: semeval2025 has ");
    }

    @Test
    void whatIsNoResourceIsRefused() {
        assertProblems("", "job.yaml: found nothing, expected a resource\n");
        assertProblems("- 1\n", "job.yaml:1:1: found a list, expected a resource\n");
        assertProblems("a: [\n", "job.yaml:2:1: not YAML: expected the node content, but found '<stream end>'\n");
        assertProblems("a: *b\n", "job.yaml:1:4: not YAML: found undefined alias b\n");
        assertProblems(
                JOB.replace("UnlearningJob", "UnlearningJobs"),
                """
                job.yaml:2:7: kind: found 'UnlearningJobs', expected one of UnlearningJob, ModelPreparation, ModelTraining, ModelMerge, ModelEvaluation, ModelPublication
                """);
        assertProblems(
                JOB.replace("v1alpha1", "v1"),
                """
                job.yaml:1:13: apiVersion: found 'lethe.dev/v1', expected lethe.dev/v1alpha1
                """);
        assertProblems(
                "apiVersion: lethe.dev/v1alpha1\nkind: ModelMerge\nmetadata: {name: m}\n",
                """
                job.yaml:1:1: spec: found nothing, expected a mapping
                """);
    }

    @Test
    void aFileWithAnotherKindIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("job.yaml"), JOB);
        assertThatThrownBy(() -> Manifest.readOne(file, Kind.ModelMerge))
                .hasMessage(file + ": kind: found UnlearningJob, expected ModelMerge");
        Files.writeString(file, JOB + "---\n" + JOB);
        assertThatThrownBy(() -> Manifest.readOne(file, Kind.UnlearningJob))
                .hasMessage(file + ": found 2 resources, expected one");
        Files.write(file, new byte[] {(byte) 0xff});
        assertThatThrownBy(() -> Manifest.read(file)).hasMessage(file + ": found other bytes, expected UTF-8");
    }

    @Test
    void aChangeIsHeldAgainstWhatWas() {
        var old = Manifest.parse("job.yaml", JOB).getFirst();
        Manifest.checkUpdate(
                old, Manifest.parse("job.yaml", JOB + "  suspend: true\n").getFirst());
        var other = Manifest.parse("job.yaml", JOB.replace("4711/forget", "4712/forget"))
                .getFirst();
        assertThatThrownBy(() -> Manifest.checkUpdate(old, other))
                .hasMessage("request-4711: spec.forget: forget may not change: create a new resource");
        var training = new Resource<>(old.apiVersion(), Kind.ModelTraining, old.metadata(), old.spec(), null);
        assertThatThrownBy(() -> Manifest.checkUpdate(old, training))
                .hasMessage("request-4711: kind: found ModelTraining, expected UnlearningJob");
    }

    @Property(tries = 200)
    void noTextBreaksTheReader(@ForAll String text) {
        try {
            assertThat(Manifest.parse("any", text)).isNotEmpty();
        } catch (InvalidManifest e) {
            assertThat(e.problems()).isNotEmpty().allSatisfy(it -> assertThat(it)
                    .doesNotContain("\n"));
        }
    }

    private static void assertProblems(String text, String expected) {
        var invalid = catchThrowableOfType(InvalidManifest.class, () -> Manifest.parse("job.yaml", text));
        assertThat(invalid.problems()).isEqualTo(List.of(expected.split("\n")));
    }
}
