package dev.lethe.worker.publication;

import dev.lethe.api.stage.MergeSearchResult;
import dev.lethe.api.stage.RunResult;
import dev.lethe.api.stage.RunResult.SystemResult;
import dev.lethe.api.stage.StageResult.Input;
import dev.lethe.api.status.ModelReference;
import dev.lethe.worker.publication.StageProvenance.InputContent;
import dev.lethe.worker.report.ReportInput;
import dev.lethe.worker.report.ReportInput.StageFolder;
import dev.lethe.worker.report.ResourceYaml;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What {@code report.html} beside a published model shows: the evidence for people. As the evidence, it names no place and no
 * date, so that equal models have equal reports.
 */
final class PublishedReport {
    private static final List<String> DATA = List.of("forget", "retain", "decouple");
    private static final String NOWHERE = "";

    private PublishedReport() {}

    /**
     * Gathers it.
     *
     * @param name of the model
     * @param stages that the evidence speaks of
     */
    static ReportInput of(String name, Evidence evidence, List<StageFolder> stages) {
        SortedMap<String, SystemResult> systems = new TreeMap<>();
        evidence.systems()
                .forEach((system, measured) -> systems.put(
                        system,
                        new SystemResult(
                                new ModelReference(
                                        NOWHERE, measured.adapter() == null ? measured.model() : measured.adapter()),
                                measured.metrics(),
                                measured.notMeasured())));
        RunResult result = new RunResult(
                name, evidence.verdict(), evidence.gates(), systems, List.of(), data(evidence), null, search(evidence));
        return ReportInput.read(result, settings(evidence), stages);
    }

    /** How the published merge was found. */
    private static @Nullable MergeSearchResult search(Evidence evidence) {
        return evidence.stages().values().stream()
                .filter(stage -> stage.output().equals(evidence.model().digest()))
                .map(StageProvenance::search)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static Map<String, Input> data(Evidence evidence) {
        SortedMap<String, Input> data = new TreeMap<>();
        evidence.stages()
                .values()
                .forEach(stage -> DATA.forEach(role -> {
                    InputContent input = stage.inputs().get(role);
                    if (input != null) {
                        data.putIfAbsent(role, new Input(NOWHERE, input.digest(), input.rows()));
                    }
                }));
        return data;
    }

    /** The settings of the stages that have any, by stage. */
    private static String settings(Evidence evidence) {
        SortedMap<String, StageSettings> settings = new TreeMap<>();
        evidence.stages().forEach((name, stage) -> {
            if (stage.settings() != null) {
                settings.put(name, stage.settings());
            }
        });
        return ResourceYaml.of(settings);
    }
}
