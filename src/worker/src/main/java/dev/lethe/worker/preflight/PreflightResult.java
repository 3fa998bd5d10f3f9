package dev.lethe.worker.preflight;

import dev.lethe.api.resource.ModelPreparationSpec;
import dev.lethe.api.resource.ObjectiveSpec;
import dev.lethe.api.resource.Specialist;
import dev.lethe.api.status.StageSummary;
import dev.lethe.catalog.Descriptor;
import dev.lethe.unlearning.data.RowFormat;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.generation.SampledRows;
import dev.lethe.unlearning.suite.Coverage;
import dev.lethe.worker.engine.EngineSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A job that passed all checks, and what it will do. */
public final class PreflightResult {
    private final ModelPreparationSpec spec;
    private final ModelCheck model;
    private final DataCheck data;
    private final Map<String, Coverage> coverage;
    private final List<String> notes;

    PreflightResult(
            ModelPreparationSpec spec,
            ModelCheck model,
            DataCheck data,
            Map<String, Coverage> coverage,
            List<String> notes) {
        this.spec = spec;
        this.model = model;
        this.data = data;
        this.coverage = Map.copyOf(coverage);
        this.notes = List.copyOf(notes);
    }

    /** The rows that the job reads, by role. */
    public Map<String, Rows> rows() {
        return data.rows();
    }

    /** How many rows each metric of the job's suites is measured on, by its name. */
    public Map<String, Coverage> coverage() {
        return coverage;
    }

    /** Rows of the set that a training walks through. */
    public int leadingRows(ObjectiveSpec objective) {
        return data.leadingRows(objective);
    }

    /** The name of the model's family. */
    public String family() {
        return model.family();
    }

    /** Number of the model's weights. */
    public long parameters() {
        return model.parameters();
    }

    /**
     * The plan for people, ending with a newline.
     *
     * @param stages all that the planner will create in the first round
     * @param rounds the most that there may be
     */
    public String plan(String job, Path workdir, List<StageSummary> stages, int rounds) {
        List<String> lines = new ArrayList<>();
        lines.add("%s: nothing wrong was found".formatted(job));
        lines.add("  model    %s, %s, %s parameters"
                .formatted(spec.model().uri(), model.family(), millions(model.parameters())));
        lines.add("  forget   %s, %s".formatted(spec.forget().uri(), described("forget")));
        lines.add("  retain   "
                + (spec.retain() == null
                        ? "%d rows that the model says by itself".formatted(SampledRows.ROWS)
                        : "%s, %s".formatted(spec.retain().uri(), described("retain"))));
        if (spec.decouple() != null) {
            boolean distilled = spec.decouple().selfDistilled();
            lines.add("  decouple %s, %s%s"
                    .formatted(
                            spec.decouple().uri(),
                            described(distilled ? ModelPreparationSpec.DECOUPLE_PROMPTS : "decouple"),
                            distilled ? ", which the model answers itself" : ""));
        }
        lines.add("  output   %s".formatted(spec.destination().uri()));
        lines.add("  workdir  %s".formatted(workdir));
        lines.add("stages");
        stages.forEach(stage -> lines.add("  %-16s %-17s %s"
                .formatted(stage.name(), stage.kind(), detail(stage))
                .stripTrailing()));
        if (rounds > 1) {
            lines.add(
                    "  where the gates refuse the merge, its specialists train on and are merged again: at most %d rounds"
                            .formatted(rounds));
        }
        List<String> memory = spec.specialists().stream()
                .filter(it -> !Objects.requireNonNull(it.objective()).type().equals(Descriptor.CUSTOM))
                .map(it -> "  %-16s %s"
                        .formatted(
                                "train-" + it.name(),
                                PlannedMemory.of(model.config(), it).line()))
                .toList();
        if (!memory.isEmpty()) {
            lines.add("memory");
            lines.addAll(memory);
        }
        if (!notes.isEmpty()) {
            lines.add("notes");
            notes.forEach(note -> lines.add("  " + note));
        }
        return String.join("\n", lines) + "\n";
    }

    /** How many rows, and what was taken of them: {@code 60 rows of csv: question, answer; template chat}. */
    private String described(String role) {
        Rows rows = Objects.requireNonNull(rows().get(role));
        RowFormat format = Objects.requireNonNull(rows.format());
        return "%d rows of %s: %s; template %s"
                .formatted(
                        rows.size(),
                        format.form().code(),
                        String.join(", ", format.fields()),
                        format.templating().code());
    }

    /** Remarks that are no errors, a line each. */
    public List<String> notes() {
        return notes;
    }

    private String detail(StageSummary stage) {
        Map<String, Specialist> byStage = spec.specialists().stream()
                .collect(Collectors.toMap(specialist -> "train-" + specialist.name(), Function.identity()));
        Specialist specialist = byStage.get(stage.name());
        return specialist == null ? "" : steps(specialist);
    }

    private String steps(Specialist specialist) {
        var settings = EngineSettings.training(Objects.requireNonNull(specialist.training()));
        int perEpoch = settings.stepsPerEpoch(leadingRows(Objects.requireNonNull(specialist.objective())));
        return "%s%d epochs of %d steps"
                .formatted(settings.until().isPresent() ? "at most " : "", settings.epochs(), perEpoch);
    }

    /** {@code 3.68 M}. */
    public static String millions(long count) {
        return String.format(Locale.ROOT, count < 10_000_000 ? "%.2f M" : "%.0f M", count / 1e6);
    }
}
