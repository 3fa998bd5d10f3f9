package dev.lethe.cli.command;

import dev.lethe.api.status.Progress;
import dev.lethe.cli.progress.ProgressText;
import dev.lethe.cli.progress.ProgressView;
import dev.lethe.merge.engine.MergeReport;
import dev.lethe.merge.engine.RunSettings;
import dev.lethe.merge.recipe.ModelMerge;
import dev.lethe.merge.recipe.Recipe;
import dev.lethe.worker.Failure;
import dev.lethe.worker.StopSignal;
import dev.lethe.worker.stage.Pace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** A merge that people watch and may stop; started again, it continues. */
final class WatchedMerge {
    private WatchedMerge() {}

    static MergeReport run(Recipe recipe, Path target, RunSettings settings, ProgressView view) {
        StopSignal stop = StopSignal.ofProcess();
        String name = String.valueOf(target.getFileName());
        Instant began = Instant.now();
        Pace pace = new Pace("bytes");
        view.started(name);
        try {
            MergeReport report = ModelMerge.merge(recipe, target, settings, (done, total) -> {
                stop.check();
                report(view, name, pace, done, total);
            });
            view.ended(name, "done in " + ProgressText.clock(Duration.between(began, Instant.now())));
            return report;
        } catch (RuntimeException e) {
            view.ended(name, Failure.of(e).message());
            throw e;
        } finally {
            stop.settled();
        }
    }

    /** Blocks are many: a person sees a few of them a second. */
    private static void report(ProgressView view, String name, Pace pace, long done, long total) {
        Progress progress = pace.sometimes(done, total);
        if (progress != null) {
            view.progressed(name, progress);
        }
    }
}
