package dev.lethe.cli.preflight;

import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.Specialist;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.status.StageSummary;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.cli.run.Workdir;
import dev.lethe.cli.worker.EngineSettings;
import dev.lethe.pipeline.Layout;
import dev.lethe.pipeline.PipelinePlanner;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A job in which nothing wrong was found, and what it will do. */
public final class CheckedJob {
    private final Resource<UnlearningJobSpec, UnlearningJobStatus> job;
    private final UnlearningJobSpec spec;
    private final Workdir workdir;
    private final ModelCheck model;
    private final DataCheck data;
    private final List<String> notes;

    CheckedJob(
            Resource<UnlearningJobSpec, UnlearningJobStatus> job,
            UnlearningJobSpec complete,
            Workdir workdir,
            ModelCheck model,
            DataCheck data,
            List<String> notes) {
        this.job = job;
        this.spec = complete;
        this.workdir = workdir;
        this.model = model;
        this.data = data;
        this.notes = List.copyOf(notes);
    }

    /** The plan for people, ending with a newline. */
    public String plan() {
        List<String> lines = new ArrayList<>();
        lines.add("%s: nothing wrong was found".formatted(job.name()));
        lines.add("  model    %s, %s, %s parameters"
                .formatted(spec.model().uri(), model.family(), millions(model.parameters())));
        lines.add("  forget   %s, %d rows".formatted(spec.forget().uri(), data.forgetRows()));
        lines.add("  retain   %s, %d rows".formatted(spec.retain().uri(), data.retainRows()));
        lines.add("  output   %s".formatted(spec.output().uri()));
        lines.add("  workdir  %s".formatted(workdir.root()));
        lines.add("stages");
        stages().forEach(stage -> lines.add("  %-16s %-17s %s"
                .formatted(stage.name(), stage.kind(), detail(stage))
                .stripTrailing()));
        if (!notes.isEmpty()) {
            lines.add("notes");
            notes.forEach(note -> lines.add("  " + note));
        }
        return String.join("\n", lines) + "\n";
    }

    /** What is not wrong and still to be known, a line each. */
    public List<String> notes() {
        return notes;
    }

    /** All that the planner will create. */
    private List<StageSummary> stages() {
        return new PipelinePlanner(Layout.local(workdir.root()))
                .plan(job, List.of(), Instant.now())
                .status()
                .stages();
    }

    private String detail(StageSummary stage) {
        Map<String, Specialist> byStage = Objects.requireNonNull(spec.specialists()).stream()
                .collect(Collectors.toMap(specialist -> "train-" + specialist.name(), Function.identity()));
        Specialist specialist = byStage.get(stage.name());
        return specialist == null ? "" : steps(specialist);
    }

    private String steps(Specialist specialist) {
        var settings = EngineSettings.training(Objects.requireNonNull(specialist.training()));
        boolean fineTuning =
                Objects.requireNonNull(specialist.objective()).type().equals("ft");
        int perEpoch = settings.stepsPerEpoch(Math.toIntExact(fineTuning ? data.retainRows() : data.forgetRows()));
        return "%d epochs of %d steps".formatted(settings.epochs(), perEpoch);
    }

    private static String millions(long count) {
        return String.format(Locale.ROOT, count < 10_000_000 ? "%.2f M" : "%.0f M", count / 1e6);
    }
}
