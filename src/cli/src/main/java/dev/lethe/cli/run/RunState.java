package dev.lethe.cli.run;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.api.status.StageSummary;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.file.AtomicFile;
import dev.lethe.planner.StageLabels;
import dev.lethe.planner.status.Conditions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A run's resources, kept in the work directory: what etcd is to the operator. */
public final class RunState {
    private final Workdir workdir;
    private final Map<Path, String> written = new HashMap<>();

    public RunState(Workdir workdir) {
        this.workdir = workdir;
    }

    /** The job as it was last written; empty in a new work directory. */
    public Optional<Resource<UnlearningJobSpec, UnlearningJobStatus>> job() {
        return Files.exists(workdir.job()) ? Optional.of(Documents.readJob(workdir.job())) : Optional.empty();
    }

    /** The job of a run that must have begun. */
    public Resource<UnlearningJobSpec, UnlearningJobStatus> begunJob() {
        return job().orElseThrow(() ->
                InvalidInput.at(workdir.root().toString(), "job.json", "nothing", "the work directory of a lethe run"));
    }

    /** The stages created so far, in the order of the job: what it names first is queued first. */
    public List<Resource<StageSpec, StageResourceStatus>> stages() {
        List<String> order = job().map(Resource::status).map(UnlearningJobStatus::stages).orElse(List.of()).stream()
                .map(StageSummary::name)
                .toList();
        return Folders.folders(workdir.stages()).stream()
                .map(folder -> folder.getFileName().toString())
                .filter(name -> Files.exists(workdir.resource(name)))
                .sorted(Comparator.comparingInt(order::indexOf))
                .map(name -> stage(Documents.read(workdir.resource(name))))
                .toList();
    }

    /** The short name of a stage, which is its folder's. */
    public static String shortName(Resource<?, ?> stage) {
        Map<String, String> labels = stage.metadata().labels();
        return labels == null ? stage.name() : labels.getOrDefault(StageLabels.STAGE, stage.name());
    }

    void saveJob(Resource<UnlearningJobSpec, UnlearningJobStatus> job) {
        save(workdir.job(), job);
    }

    void saveStage(Resource<? extends StageSpec, StageResourceStatus> stage) {
        save(workdir.resource(shortName(stage)), stage);
    }

    boolean hasStage(Resource<?, ?> stage) {
        return Files.exists(workdir.resource(shortName(stage)));
    }

    /** Changes the stage with that resource name, if there is one. */
    void updateStage(String name, UnaryOperator<Resource<StageSpec, StageResourceStatus>> change) {
        stages().stream().filter(stage -> stage.name().equals(name)).map(change).forEach(this::saveStage);
    }

    /**
     * Lets a failed job continue: stages whose attempts are exhausted begin again, since whoever starts the run again
     * has fixed the cause. Stages that were refused or exceeded their deadline stay as they are.
     *
     * @return the short names of the stages that begin again; empty where there is none, and nothing has changed
     */
    List<String> reopen() {
        List<Resource<StageSpec, StageResourceStatus>> exhausted =
                stages().stream().filter(RunState::exhausted).toList();
        if (!exhausted.isEmpty()) {
            saveJob(begunJob().withStatus(null));
        }
        for (Resource<StageSpec, StageResourceStatus> stage : exhausted) {
            Folders.files(workdir.attempts(shortName(stage))).forEach(Folders::delete);
            saveStage(stage.withStatus(null));
        }
        return exhausted.stream().map(RunState::shortName).toList();
    }

    private static boolean exhausted(Resource<StageSpec, StageResourceStatus> stage) {
        return stage.status() != null
                && stage.status().phase() == Phase.Failed
                && Conditions.reason(stage.status().conditions())
                        .filter(Reason.AttemptsExhausted::equals)
                        .isPresent();
    }

    /** The folder of the stage with that resource name. */
    String folder(String name) {
        return stages().stream()
                .filter(stage -> stage.name().equals(name))
                .map(RunState::shortName)
                .findFirst()
                .orElse(name);
    }

    /** What is on the disk already is not written again. */
    private void save(Path file, Object document) {
        String text = Documents.json(document);
        if (!text.equals(written.put(file, text))) {
            AtomicFile.write(file, text);
        }
    }

    /** A stage resource with its types: the kind decided both when it was read. */
    @SuppressWarnings("unchecked")
    private static Resource<StageSpec, StageResourceStatus> stage(Resource<?, ?> resource) {
        return (Resource<StageSpec, StageResourceStatus>) resource;
    }
}
