package dev.lethe.worker.stage;

import dev.lethe.api.stage.RunResult;
import dev.lethe.api.stage.RunResult.SystemResult;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.stage.StageResult;
import dev.lethe.api.stage.StageResult.Input;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.ModelReference;
import dev.lethe.worker.report.MeasuredSystem;
import dev.lethe.worker.report.ReportInput;
import dev.lethe.worker.report.ReportInput.StageFolder;
import dev.lethe.worker.report.ResourceYaml;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What {@code report.html} in the output of an evaluation shows: its numbers for people, and its gates where it has its own. A
 * job that publishes nothing has this of each model that it measured.
 */
final class EvaluationReport {
    private EvaluationReport() {}

    /**
     * Gathers it.
     *
     * @param baseline numbers of the model that gates compare with
     * @param folder with what the evaluation wrote
     */
    static ReportInput of(StageFile file, StageResult result, Map<String, MetricValue> baseline, Path folder) {
        Map<String, SystemResult> systems = new TreeMap<>();
        Input base = result.inputs().get("baseline");
        if (base != null) {
            systems.put(
                    MeasuredSystem.BASE,
                    new SystemResult(new ModelReference(base.uri(), base.digest()), baseline, Map.of()));
        }
        Input subject = Objects.requireNonNullElse(
                result.inputs().get("adapter"),
                Objects.requireNonNull(result.inputs().get("model")));
        String system = file.name().replaceFirst("^(.*-)?eval-", "");
        systems.put(
                system,
                new SystemResult(
                        new ModelReference(subject.uri(), subject.digest()), result.metrics(), result.notMeasured()));
        List<GateResult> gates = Objects.requireNonNullElse(result.gates(), List.of());
        RunResult run = new RunResult(file.name(), result.verdict(), gates, systems, List.of(), result.inputs(), null);
        String configuration = ResourceYaml.of(Map.of("spec", file.spec()));
        return ReportInput.read(run, configuration, List.of(new StageFolder(system, file.kind(), folder)));
    }
}
