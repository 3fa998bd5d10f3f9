package dev.lethe.cli.command;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.stage.ExitCode;
import dev.lethe.api.status.StageSummary;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.cli.manifest.Manifests;
import dev.lethe.cli.progress.ProgressView;
import dev.lethe.cli.run.FetchedSources;
import dev.lethe.cli.run.LocalRun;
import dev.lethe.cli.run.RunOutcome;
import dev.lethe.cli.run.Workdir;
import dev.lethe.merge.InvalidInput;
import dev.lethe.planner.JobPlanner;
import dev.lethe.planner.Layout;
import dev.lethe.planner.Timings;
import dev.lethe.planner.recipe.ResolvedJob;
import dev.lethe.planner.recipe.Resolver;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.worker.Failure;
import dev.lethe.worker.StopSignal;
import dev.lethe.worker.Stopped;
import dev.lethe.worker.explain.Explanation;
import dev.lethe.worker.preflight.Preflight;
import dev.lethe.worker.preflight.PreflightResult;
import dev.lethe.worker.report.ResourceYaml;
import dev.lethe.worker.stage.Cores;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A whole job on this machine. */
@Command(
        name = "run",
        description = {
            "Carry out an UnlearningJob on this machine.",
            "Stop it at any time: the same command continues from finished stages and the last checkpoint."
        })
public final class RunCommand implements Callable<Integer> {
    @Mixin
    private ManifestOption manifest;

    @Option(
            names = "--workdir",
            paramLabel = "DIR",
            description = "where stages, state and results go; default target/JOB-NAME")
    private @Nullable Path folder;

    @Option(
            names = "--dry-run",
            description =
                    "fetch what is elsewhere, check everything that can be checked, print the plan, do nothing more")
    private boolean dryRun;

    @Option(
            names = "--explain",
            description =
                    "fetch what is elsewhere, check everything that can be checked, say in plain words what will be tried and why, do nothing more")
    private boolean explain;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "with --dry-run: yaml prints the job with every default that it would run with, not the plan")
    private @Nullable Format format;

    /** What a dry run prints other than the plan. */
    enum Format {
        yaml
    }

    @Option(names = "--jobs", paramLabel = "N", description = "stages at work at once; default 2, 1 with a GPU")
    private @Nullable Integer jobs;

    @Mixin
    private PlainOption plain;

    @Mixin
    private ForgetTextOption forgetText;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        Resource<UnlearningJobSpec, UnlearningJobStatus> job = Manifests.job(manifest.file);
        Workdir workdir = Workdir.of(folder != null ? folder : Path.of("target", job.name()));
        JobPlanner planner = new JobPlanner(Layout.local(workdir.root()), Timings.LOCAL);
        if (format != null && !dryRun) {
            throw InvalidInput.at("-o", "FORMAT", format.name(), "--dry-run beside it");
        }
        if (explain && dryRun) {
            throw InvalidInput.at("--explain", "option", "--dry-run beside it", "one of the two");
        }
        StopSignal stop = StopSignal.ofProcess();
        try {
            return explain || dryRun ? foretell(job, planner, workdir, stop) : carryOut(job, planner, workdir, stop);
        } catch (Stopped stopped) {
            say("stopped; the same command continues");
            return Failure.INTERRUPTED;
        } finally {
            stop.settled();
        }
    }

    /** Says what the job would do, after all checks; they read what is elsewhere, too. */
    private int foretell(
            Resource<UnlearningJobSpec, UnlearningJobStatus> job,
            JobPlanner planner,
            Workdir workdir,
            StopSignal stop) {
        FetchedSources sources = fetched(job, workdir, stop);
        Resource<UnlearningJobSpec, UnlearningJobStatus> local = local(job, sources);
        PreflightResult checked = Preflight.check(planner.preparation(local), workdir.root());
        if (explain) {
            System.out.print(new Explanation(job.name(), Resolver.resolve(local.spec()), checked).text());
            return ExitCode.DONE.code();
        }
        List<StageSummary> stages =
                planner.plan(job, List.of(), Instant.now()).status().stages();
        ResolvedJob resolved =
                Resolver.resolve(Documents.job(job.name(), sources.pinned(job)).spec());
        System.out.print(
                format == null
                        ? checked.plan(job.name(), workdir.root(), stages, resolved.rounds())
                        : ResourceYaml.of(Resource.of(job.kind(), job.metadata(), resolved.spec())));
        return ExitCode.DONE.code();
    }

    private int carryOut(
            Resource<UnlearningJobSpec, UnlearningJobStatus> job, JobPlanner planner, Workdir workdir, StopSignal stop)
            throws IOException {
        try (LocalRun run = LocalRun.open(workdir)) {
            FetchedSources sources = fetched(job, workdir, stop);
            if (run.isNew()) {
                Preflight.check(planner.preparation(local(job, sources)), workdir.root())
                        .notes()
                        .forEach(note -> say("note: " + note));
            }
            try (ProgressView view = plain.view()) {
                run.run(job, sources, atOnce(), view, stop);
            }
            return conclude(RunOutcome.of(workdir));
        }
    }

    private FetchedSources fetched(
            Resource<UnlearningJobSpec, UnlearningJobStatus> job, Workdir workdir, StopSignal stop) {
        try (ProgressView view = plain.view()) {
            return FetchedSources.of(workdir).fetch(job, System.getenv(), view, stop);
        }
    }

    private static Resource<UnlearningJobSpec, UnlearningJobStatus> local(
            Resource<UnlearningJobSpec, UnlearningJobStatus> job, FetchedSources sources) {
        return Documents.job(job.name(), sources.local(job));
    }

    private int conclude(RunOutcome outcome) {
        outcome.write(forgetText.shown());
        System.out.print(outcome.table());
        if (!outcome.reason().isEmpty()) {
            say(outcome.reason());
        }
        return outcome.exitCode();
    }

    private void say(String message) {
        command.commandLine().getErr().println("lethe: " + message);
    }

    /** Two stages share the cores better than one uses them; a GPU is one stage's. */
    private int atOnce() {
        if (jobs != null) {
            if (jobs < 1) {
                throw InvalidInput.at("--jobs", "N", jobs.toString(), "at least 1");
            }
            return jobs;
        }
        boolean gpu = Device.of("auto") == Device.CUDA;
        return gpu ? 1 : Math.min(2, Cores.available());
    }
}
