package dev.lethe.worker.stage;

import dev.lethe.api.resource.MergeSearch;
import dev.lethe.api.resource.ModelMergeSpec;
import dev.lethe.api.stage.MergeSearchResult;
import dev.lethe.api.stage.MergeSearchResult.Measures;
import dev.lethe.api.status.MetricValue;
import dev.lethe.merge.adapter.AdapterConfig;
import dev.lethe.merge.combine.AdapterMerge;
import dev.lethe.merge.combine.AdapterMergeSettings;
import dev.lethe.merge.combine.UpdateNorms;
import dev.lethe.merge.engine.ProgressListener;
import dev.lethe.merge.engine.RunSettings;
import dev.lethe.merge.file.FileTree;
import dev.lethe.unlearning.data.Prompting;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.suite.MembershipDocuments;
import dev.lethe.unlearning.suite.SuiteSettings;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Threads;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import dev.lethe.unlearning.training.KeptCheckpoints;
import dev.lethe.worker.engine.EngineSettings;
import dev.lethe.worker.search.Fold;
import dev.lethe.worker.search.MergeSpace;
import dev.lethe.worker.search.Probe;
import dev.lethe.worker.search.SearchRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The part of a merge that asks the model: which merge of the adapters is best. The base is loaded once for all of them. */
final class MergeSearchStage {
    private static final String CANDIDATE = "candidate";

    /** Adapters that other tools trained may have many checkpoints; a search has some dozens of merges. */
    private static final int EARLIER_SNAPSHOTS = 4;

    private MergeSearchStage() {}

    /** @param adapters all of them, whatever their weights say */
    static MergeSearchResult search(
            List<AdapterMerge.Input> adapters,
            Path model,
            ModelMergeSpec spec,
            StageInputs inputs,
            StageOutput output,
            StageContext context) {
        Threads.set(context.threads());
        MergeSearch settings = Objects.requireNonNull(spec.search());
        Path documents = inputs.pathOrNull("nonMembers", spec.nonMembers());
        MergeSpace space = new MergeSpace(
                adapters.stream().map(AdapterMerge.Input::name).toList(),
                Objects.requireNonNull(settings.methods()),
                Objects.requireNonNull(settings.densities()),
                snapshots(adapters, context.threads()));
        Device device = EngineSettings.device(null);
        try (BaseModelCache.Lease base = context.models()
                        .borrow(model, inputs.digest("base"), EngineSettings.dtype(null, device), device);
                TextTokenizer tokenizer = TextTokenizer.load(model)) {
            Prompting prompting = EngineSettings.prompting(spec.template(), model, tokenizer);
            Rows forget = inputs.rows("forget", Objects.requireNonNull(spec.forget()), prompting);
            Rows retain = inputs.rows("retain", Objects.requireNonNull(spec.retain()), prompting);
            Probe probe = new Probe(
                    forget,
                    retain,
                    documents == null ? List.of() : MembershipDocuments.read(documents, prompting),
                    tokenizer,
                    base.model().config().maxPositions(),
                    Objects.requireNonNull(settings.holdOut()),
                    SuiteSettings.SEED);
            SearchRun run = new SearchRun(
                    space,
                    Objects.requireNonNull(settings.trials()),
                    Math.max(
                            Objects.requireNonNull(settings.forgetExact()),
                            probe.unseen(new LanguageModel(base.model()))),
                    Objects.requireNonNull(settings.retainShare()),
                    SuiteSettings.SEED);
            Candidates candidates = new Candidates(
                    adapters,
                    base.model(),
                    model,
                    inputs.digest("base"),
                    output.work().resolve(CANDIDATE),
                    context);
            ProgressEstimator estimator = new ProgressEstimator("merges");
            MergeSearchResult result = run.run(candidates.by(probe), probe.hasTest(), tried -> {
                context.progress().accept(estimator.progress(tried, run.trials()));
                context.stop().check();
            });
            Note.say(result.summary());
            return result;
        }
    }

    /** How the trainings ended, and before that the last checkpoints that lie beside the adapters, one of each at a time. */
    private static List<MergeSpace.Snapshot> snapshots(List<AdapterMerge.Input> adapters, int threads) {
        List<SortedMap<String, String>> checkpoints = new ArrayList<>();
        for (AdapterMerge.Input adapter : adapters) {
            List<String> latestFirst = KeptCheckpoints.in(adapter.path()).reversed().stream()
                    .filter(it -> Files.exists(it.resolve(AdapterConfig.FILE)))
                    .map(it -> it.getFileName().toString())
                    .limit(EARLIER_SNAPSHOTS)
                    .toList();
            for (int i = 0; i < latestFirst.size(); i++) {
                if (checkpoints.size() == i) {
                    checkpoints.add(new TreeMap<>());
                }
                checkpoints.get(i).put(adapter.name(), latestFirst.get(i));
            }
        }
        return Stream.concat(Stream.of(new TreeMap<String, String>()), checkpoints.stream())
                .map(it -> new MergeSpace.Snapshot(
                        it,
                        UpdateNorms.of(
                                adapters.stream()
                                        .map(adapter -> folder(adapter.path(), it.get(adapter.name())))
                                        .toList(),
                                threads)))
                .toList();
    }

    /** An adapter's folder, or that of one of its checkpoints. */
    static Path folder(Path adapter, @Nullable String checkpoint) {
        return checkpoint == null ? adapter : adapter.resolve(checkpoint);
    }

    /** Merges of the adapters, each made, measured and deleted. */
    private record Candidates(
            List<AdapterMerge.Input> adapters,
            BaseModel base,
            Path model,
            String baseDigest,
            Path folder,
            StageContext context) {
        SearchRun.Measurement by(Probe probe) {
            return new SearchRun.Measurement() {
                @Override
                public Measures measure(MergeSearchResult.@Nullable Merge merge, Fold fold) {
                    return made(merge, system -> probe.measure(system, fold));
                }

                @Override
                public SearchRun.Final last(MergeSearchResult.Merge merge) {
                    Path work = folder.resolveSibling("relearn");
                    FileTree.discard(work);
                    try {
                        return made(merge, system -> probe.last(system, work));
                    } finally {
                        FileTree.discard(work);
                    }
                }
            };
        }

        private <T> T made(MergeSearchResult.@Nullable Merge merge, Function<LanguageModel, T> measure) {
            FileTree.discard(folder);
            if (merge != null) {
                make(merge);
            }
            try (ModelWithAdapter system =
                    ModelWithAdapter.of(base, model, baseDigest, merge == null ? null : folder)) {
                return measure.apply(system.model());
            } finally {
                FileTree.discard(folder);
            }
        }

        private void make(MergeSearchResult.Merge merge) {
            List<AdapterMerge.Input> parts = adapters.stream()
                    .filter(it -> merge.weights().containsKey(it.name()))
                    .map(it -> new AdapterMerge.Input(
                            it.name(),
                            MergeSearchStage.folder(
                                    it.path(), merge.checkpoints().get(it.name())),
                            merge.weights().get(it.name())))
                    .toList();
            AdapterMerge.merge(
                    parts,
                    new AdapterMergeSettings(merge.method(), merge.density(), null, null),
                    folder,
                    new RunSettings(context.threads(), context.memory(), false, null, false),
                    ProgressListener.NONE);
        }
    }

    /** The chosen merge's numbers on both folds, as metrics of the stage. */
    static StageOutcome outcome(String type, Map<String, Double> counts, MergeSearchResult search) {
        Map<String, MetricValue> metrics = new TreeMap<>();
        put(metrics, "", search.calibration());
        if (search.test() != null) {
            put(metrics, "/test", search.test());
        }
        Map<String, Double> all = new TreeMap<>(counts);
        all.put("search/trials", (double) search.trials().size());
        all.put("search/feasible", (double) search.trials().stream()
                .filter(MergeSearchResult.Trial::feasible)
                .count());
        search.chosen().weights().forEach((name, weight) -> all.put("search/weight/" + name, weight));
        return new StageOutcome(type, metrics, Map.of(), null, null, all, search);
    }

    private static void put(Map<String, MetricValue> metrics, String fold, Measures measures) {
        long forget = measures.forget().rows();
        long retain = measures.retain().rows();
        metrics.put("search/forget-exact" + fold, value(measures.forget().exact(), forget));
        metrics.put("search/retain-exact" + fold, value(measures.retain().exact(), retain));
        metrics.put("search/retain-probability" + fold, value(measures.retain().probability(), retain));
        if (measures.auc() != null) {
            metrics.put("search/auc" + fold, measures.auc());
        }
    }

    private static MetricValue value(double value, long rows) {
        return new MetricValue(value, rows, null, null);
    }
}
