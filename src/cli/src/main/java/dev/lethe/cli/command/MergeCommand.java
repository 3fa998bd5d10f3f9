package dev.lethe.cli.command;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.stage.ExitCode;
import dev.lethe.api.status.Progress;
import dev.lethe.cli.progress.ProgressText;
import dev.lethe.cli.progress.ProgressView;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.digest.FileDigests;
import dev.lethe.merge.engine.MergeReport;
import dev.lethe.merge.engine.ProgressListener;
import dev.lethe.merge.engine.RunSettings;
import dev.lethe.merge.method.Methods;
import dev.lethe.merge.recipe.MergekitConfig;
import dev.lethe.merge.recipe.ModelMerge;
import dev.lethe.merge.recipe.Recipe;
import dev.lethe.worker.Failure;
import dev.lethe.worker.StopSignal;
import dev.lethe.worker.stage.Cores;
import dev.lethe.worker.stage.ProgressEstimator;
import dev.lethe.worker.stage.StageContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One {@code ModelMerge} alone, or a merge that a mergekit configuration describes. */
@Command(
        name = "merge",
        description = {
            "Merge adapters or models.",
            "As a ModelMerge describes it (-f FILE), or a mergekit configuration (--mergekit CONFIG OUT)."
        })
public final class MergeCommand implements Callable<Integer> {
    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "the manifest; its relative file: URIs begin at its folder")
    private @Nullable Path file;

    @Option(names = "--mergekit", paramLabel = "CONFIG", description = "a configuration of mergekit")
    private @Nullable Path mergekit;

    @Parameters(arity = "0..1", paramLabel = "OUT", description = "with --mergekit: the folder to write")
    private @Nullable Path out;

    @Option(
            names = "--semantics",
            paramLabel = "NAME",
            defaultValue = "lethe",
            description = "with --mergekit: lethe (default), mergekit or paper")
    private String semantics;

    @Option(
            names = "--missing",
            paramLabel = "WHAT",
            defaultValue = "error",
            description = "with --mergekit: tensors that not all models have: error (default), keep-base or zero")
    private String missing;

    @Option(
            names = "--shard-size",
            paramLabel = "BYTES",
            defaultValue = "5G",
            description = "with --mergekit: most bytes of a file; default 5G")
    private String shardSize;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "with --mergekit: of methods that draw; default 0")
    private long seed;

    @Option(names = "--threads", paramLabel = "N", description = "most threads; default one for each core")
    private @Nullable Integer threads;

    @Option(
            names = "--memory",
            paramLabel = "BYTES",
            defaultValue = "1G",
            description = "most bytes of all buffers; default 1G")
    private String memory;

    @Option(names = "--no-fsync", description = "do not wait until the disk has the result")
    private boolean noFsync;

    @Option(
            names = "--no-digests",
            description =
                    "do not read the weights once more for their digests; with -f no result.json, which names them")
    private boolean noDigests;

    @Option(names = "--dry-run", description = "check everything and say what would be done")
    private boolean dryRun;

    @Mixin
    private PlainOption plain;

    @Override
    public Integer call() {
        if (mergekit == null && file != null) {
            if (dryRun) {
                return SingleStage.preview(file, plain);
            }
            long bytes = ByteSize.of("--memory", memory);
            UnaryOperator<StageContext> bounds = context -> context.withLimits(mostThreads(), bytes, !noFsync);
            return noDigests
                    ? SingleStage.mergeWeightsOnly(file, plain, bounds)
                    : SingleStage.run(Kind.ModelMerge, file, plain, bounds);
        }
        if (mergekit == null || out == null || file != null) {
            throw InvalidInput.at("merge", "arguments", "something else", "-f FILE, or --mergekit CONFIG OUT");
        }
        MergekitConfig config = MergekitConfig.read(
                mergekit, Methods.semantics(semantics), missing(), ByteSize.of("--shard-size", shardSize), seed);
        say(config.notes());
        return dryRun ? preview(config.recipe(), out) : merge(config.recipe(), out);
    }

    private static void say(List<String> notes) {
        notes.forEach(note -> System.out.println("note: " + note));
    }

    private static int preview(Recipe recipe, Path target) {
        ModelMerge.Preview preview = ModelMerge.preview(recipe, target);
        say(preview.notes());
        System.out.printf(
                "%s would have %d tensors, %s, in %d %s; at most %s are read and written%n",
                target,
                preview.tensors(),
                ByteSize.text(preview.bytes()),
                preview.files(),
                preview.files() == 1 ? "file" : "files",
                ByteSize.text(preview.ioBytes()));
        return ExitCode.DONE.code();
    }

    private int merge(Recipe recipe, Path target) {
        FileDigests digests = noDigests ? null : new FileDigests();
        RunSettings settings =
                new RunSettings(mostThreads(), ByteSize.of("--memory", memory), !noFsync, digests, false);
        MergeReport report;
        try (ProgressView view = plain.view()) {
            report = merge(recipe, target, settings, view);
        }
        System.out.printf(
                "%s: %d tensors, %s; what was made of what is in %s%n",
                target, report.tensors().size(), ByteSize.text(report.bytes()), MergeReport.FILE);
        return ExitCode.DONE.code();
    }

    /** A merge that people watch and may stop; started again, it continues. */
    private static MergeReport merge(Recipe recipe, Path target, RunSettings settings, ProgressView view) {
        StopSignal stop = StopSignal.ofProcess();
        String name = String.valueOf(target.getFileName());
        Instant began = Instant.now();
        ProgressEstimator estimator = new ProgressEstimator("bytes");
        ProgressListener listener = new ProgressListener() {
            @Override
            public void planned(List<String> notes) {
                say(notes);
                view.started(name);
            }

            @Override
            public void advanced(long done, long total) {
                stop.check();
                Progress progress = estimator.throttled(done, total); // blocks are many
                if (progress != null) {
                    view.progressed(name, progress);
                }
            }
        };
        try {
            MergeReport report = ModelMerge.merge(recipe, target, settings, listener);
            view.ended(name, "done in " + ProgressText.clock(Duration.between(began, Instant.now())));
            return report;
        } catch (RuntimeException e) {
            view.ended(name, Failure.of(e).message());
            throw e;
        } finally {
            stop.settled();
        }
    }

    private int mostThreads() {
        return threads == null ? Cores.available() : Math.max(1, threads);
    }

    private Recipe.Missing missing() {
        return switch (missing.toLowerCase(Locale.ROOT)) {
            case "error" -> Recipe.Missing.ERROR;
            case "keep-base" -> Recipe.Missing.KEEP_BASE;
            case "zero" -> Recipe.Missing.ZERO;
            default -> throw InvalidInput.at("merge", "--missing", missing, "error, keep-base or zero");
        };
    }
}
