package dev.lethe.merge.combine;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.engine.MergePlan;
import dev.lethe.merge.engine.MergeReport;
import dev.lethe.merge.engine.MergeRun;
import dev.lethe.merge.engine.ProgressListener;
import dev.lethe.merge.engine.RunSettings;
import dev.lethe.merge.engine.WorkerThreads;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Merges LoRA adapters of one base model into one adapter. A module that only some adapters have is merged of those;
 * the result has scaling 1 (alpha equals rank), because the scalings went into the weights. The bytes do not depend on
 * the number of threads.
 *
 * <p>Differs from PEFT where PEFT is silently wrong: rsLoRA is not inherited by the result, a single adapter is merged
 * by the method that was asked for, and variants that are not plain LoRA are refused. Copies of the base's tensors and modules
 * that were trained whole are in the result as they are, where all adapters that have them agree.
 */
public final class AdapterMerge {
    private AdapterMerge() {}

    /**
     * One adapter to merge.
     *
     * @param name what the user calls it, for errors and the manifest
     * @param path its folder
     * @param weight its factor; a negative one subtracts
     */
    public record Input(String name, Path path, double weight) {}

    /**
     * Checks a method's name and options.
     *
     * @throws InvalidInput where the name is unknown, or an option is missing, out of bounds or of another method
     */
    public static void check(AdapterMergeSettings settings) {
        AdapterMergeMethod.of(settings);
    }

    /**
     * Checks everything that can be checked before a merge begins.
     *
     * @throws InvalidInput where settings, an adapter or the adapters together are wrong
     */
    public static void check(List<Input> inputs, AdapterMergeSettings settings) {
        check(settings);
        List<AdapterFolder> adapters = new ArrayList<>();
        try {
            inputs.forEach(input -> adapters.add(AdapterFolder.open(input.path())));
            AdapterMergeChecks.check(inputs, adapters);
        } finally {
            adapters.forEach(AdapterFolder::close);
        }
    }

    /** Merges with one thread for each processor. */
    public static MergeReport merge(List<Input> inputs, AdapterMergeSettings settings, Path target) {
        int threads = Runtime.getRuntime().availableProcessors();
        return merge(inputs, settings, target, RunSettings.of(threads), ProgressListener.NONE);
    }

    /**
     * Merges adapters and writes an adapter folder, complete or not at all.
     *
     * @param target folder that does not exist yet
     * @throws InvalidInput where settings, an adapter or the adapters together are wrong (other base, other shapes or,
     *     for methods that need equal ones, ranks; NaN or infinities), before anything is written
     */
    public static MergeReport merge(
            List<Input> inputs,
            AdapterMergeSettings settings,
            Path target,
            RunSettings run,
            ProgressListener progress) {
        AdapterMergeMethod method = AdapterMergeMethod.of(settings);
        List<AdapterFolder> adapters = new ArrayList<>();
        try {
            inputs.forEach(input -> adapters.add(AdapterFolder.open(input.path())));
            AdapterMergeChecks.check(inputs, adapters);
            MergePlan plan;
            try (WorkerThreads workers = new WorkerThreads(run.threads())) {
                plan = new AdapterMergePlanner(inputs, adapters, method, workers).plan();
            }
            progress.planned(plan.notes());
            return MergeRun.run(plan, target, run, progress);
        } finally {
            adapters.forEach(AdapterFolder::close);
        }
    }
}
