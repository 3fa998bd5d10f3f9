package dev.lethe.worker.engine;

import dev.lethe.api.resource.DecoupleSource;
import dev.lethe.api.resource.LoraSpec;
import dev.lethe.api.resource.MergeParameters;
import dev.lethe.api.resource.ModelMergeSpec;
import dev.lethe.api.resource.ObjectiveSpec;
import dev.lethe.api.resource.RowColumns;
import dev.lethe.catalog.Semantics;
import dev.lethe.catalog.Words;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.combine.AdapterMerge;
import dev.lethe.merge.combine.AdapterMergeSettings;
import dev.lethe.merge.method.MajoritySign;
import dev.lethe.merge.recipe.ModelMerge;
import dev.lethe.unlearning.data.Pairing;
import dev.lethe.unlearning.data.Prompting;
import dev.lethe.unlearning.data.RowColumn;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.lora.LoraSettings;
import dev.lethe.unlearning.model.WeightFormat;
import dev.lethe.unlearning.objective.Objective;
import dev.lethe.unlearning.objective.Objectives;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import dev.lethe.unlearning.training.TrainingSettings;
import dev.lethe.unlearning.training.TrainingTarget;
import dev.lethe.worker.FileUris;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a complete spec says, in the engines' own words. */
public final class EngineSettings {
    private EngineSettings() {}

    /** @throws InvalidInput where the spec names no objective, or says of one what it does not take */
    public static Objective objective(ObjectiveSpec spec) {
        return Objectives.LETHE.of(spec.type(), spec.options());
    }

    /** @param spec with nothing absent */
    public static TrainingSettings training(dev.lethe.api.resource.TrainingSettings spec) {
        return new TrainingSettings(
                Objects.requireNonNull(spec.epochs()),
                Objects.requireNonNull(spec.batchSize()),
                Objects.requireNonNullElse(spec.retainBatchSize(), Objects.requireNonNull(spec.batchSize())),
                Objects.requireNonNull(spec.gradientAccumulation()),
                Objects.requireNonNull(spec.learningRate()),
                Objects.requireNonNull(spec.weightDecay()),
                Objects.requireNonNull(spec.warmupEpochs()),
                Objects.requireNonNull(spec.maxLength()),
                Objects.requireNonNull(spec.maxGradNorm()),
                constant("training.pairing", Pairing.class, Objects.requireNonNull(spec.pairing())),
                true,
                Objects.requireNonNull(spec.gradientCheckpointing()),
                Objects.requireNonNull(spec.seed()),
                // Absent in a job that began before there were any.
                Objects.requireNonNullElse(spec.keepCheckpoints(), 0),
                Optional.ofNullable(spec.until()).map(EngineSettings::target));
    }

    private static TrainingTarget target(dev.lethe.api.resource.TrainingTarget spec) {
        return new TrainingTarget(
                Objects.requireNonNull(spec.exactMemorization()),
                Objects.requireNonNull(spec.retainLoss()),
                Objects.requireNonNull(spec.retainExact()),
                Objects.requireNonNull(spec.every()),
                // Absent in a job that began before there were any.
                Objects.requireNonNullElse(spec.attacks(), 0));
    }

    /**
     * Checks a merge as far as it can be without its inputs: they may be adapters that are still to be trained.
     *
     * @throws InvalidInput where the semantics do not have the method, it takes another number of inputs, or an option is
     *     missing, out of bounds or of another method
     */
    public static void checkMerge(ModelMergeSpec spec) {
        if (Semantics.PEFT.text().equals(spec.semantics())) {
            AdapterMerge.check(merge(spec));
            return;
        }
        List<MergeRecipes.Folder> adapters = spec.inputs().stream()
                .map(input -> new MergeRecipes.Folder(input, Path.of(input.name()), true))
                .toList();
        ModelMerge.check(MergeRecipes.of(spec, adapters, Path.of("base")));
    }

    /**
     * Of adapters.
     *
     * @throws InvalidInput where an option is set that is not for adapters
     */
    public static AdapterMergeSettings merge(ModelMergeSpec spec) {
        MergeParameters parameters = MergeRecipes.parameters(spec);
        SortedSet<String> others = new TreeSet<>(MergeRecipes.settings(spec).keySet());
        others.removeAll(List.of("density", "majoritySign", "rank", "clamp"));
        if (parameters.get("missing") != null) {
            others.add("missing");
        }
        if (parameters.get("tokenizer") != null) {
            others.add("tokenizer");
        }
        if (!others.isEmpty()) {
            throw InvalidInput.at(
                    "merge", "parameters", String.join(", ", others), "nothing that semantics peft does not use");
        }
        String dtype = parameters.text(parameters.get("outDtype") == null ? "dtype" : "outDtype");
        return new AdapterMergeSettings(
                Objects.requireNonNull(spec.method()),
                spec.density(),
                spec.majoritySign() == null ? null : MajoritySign.named(spec.majoritySign()),
                MergeRecipes.dtype(dtype),
                parameters.get("rank") instanceof Long rank ? Math.toIntExact(rank) : null,
                (Double) parameters.get("clamp"),
                MergeRecipes.seed(parameters));
    }

    /** The fields that a spec names, by what they have of a row. */
    public static Map<RowColumn, String> columns(@Nullable RowColumns spec) {
        Map<RowColumn, String> columns = new EnumMap<>(RowColumn.class);
        if (spec != null) {
            put(columns, RowColumn.INPUT, spec.input());
            put(columns, RowColumn.OUTPUT, spec.output());
            put(columns, RowColumn.MESSAGES, spec.messages());
            put(columns, RowColumn.ID, spec.id());
            put(columns, RowColumn.TASK, spec.task());
            put(columns, RowColumn.KIND, spec.kind());
        }
        return columns;
    }

    /** The prompts of rows that the model is to answer, as they stand in the file. */
    public static Rows prompts(DecoupleSource source) {
        return Rows.readPrompts(FileUris.path(source.uri()), "decouple", columns(source.columns()));
    }

    private static void put(Map<RowColumn, String> columns, RowColumn column, @Nullable String field) {
        if (field != null) {
            columns.put(column, field);
        }
    }

    /**
     * What becomes of prompts.
     *
     * @param template null in a spec of before there was a choice
     * @throws InvalidInput where every prompt is to be put into a template, and the model has none
     */
    public static Prompting prompting(@Nullable String template, Path model, TextTokenizer tokenizer) {
        return Prompting.of(promptMode(template), model, tokenizer);
    }

    /** Which prompts are put into the model's template. */
    public static Prompting.Mode promptMode(@Nullable String template) {
        return constant("template", Prompting.Mode.class, Objects.requireNonNullElse(template, "none"));
    }

    public static Device device(@Nullable String name) {
        try {
            return Device.of(name == null ? "auto" : name);
        } catch (IllegalArgumentException e) {
            throw new InvalidInput(String.valueOf(e.getMessage()));
        }
    }

    /** The type to compute in: as named, or for {@code auto} what the device is fast with. */
    public static Dtype dtype(@Nullable String name, Device device) {
        return switch (name == null ? "auto" : name) {
            case "float32" -> Dtype.F32;
            case "bfloat16" -> Dtype.BF16;
            case "auto" -> device == Device.CUDA ? Dtype.BF16 : Dtype.F32;
            default -> throw InvalidInput.at("training", "dtype", String.valueOf(name), "auto, float32 or bfloat16");
        };
    }

    /** How a frozen base is held, as named; empty for {@code auto}, and in a job that began before there was a choice. */
    public static Optional<WeightFormat> base(@Nullable String name) {
        return switch (name == null ? "auto" : name) {
            case "auto" -> Optional.empty();
            case "bf16" -> Optional.of(WeightFormat.BF16);
            case "int8" -> Optional.of(WeightFormat.INT8);
            case "nf4" -> Optional.of(WeightFormat.NF4);
            default -> throw InvalidInput.at("training", "base", String.valueOf(name), "auto, bf16, int8 or nf4");
        };
    }

    /** @param mode {@code lora} or {@code full} */
    public static Optional<LoraSettings> lora(@Nullable String mode, @Nullable LoraSpec spec) {
        return "full".equals(mode)
                ? Optional.empty()
                : Optional.of(new LoraSettings(
                        Objects.requireNonNull(Objects.requireNonNull(spec).rank()),
                        Objects.requireNonNull(spec.alpha()),
                        Objects.requireNonNull(spec.dropout())));
    }

    private static <E extends Enum<E>> E constant(String field, Class<E> type, String name) {
        return Words.constant(type, name)
                .orElseThrow(() -> InvalidInput.at("spec", field, name, String.join(" or ", Words.all(type))));
    }
}
