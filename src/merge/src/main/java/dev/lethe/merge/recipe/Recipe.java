package dev.lethe.merge.recipe;

import dev.lethe.catalog.Semantics;
import dev.lethe.merge.safetensors.Dtype;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A merge of models as a user describes it.
 *
 * @param method its name
 * @param semantics whose rounding and rules
 * @param base the model that differences are taken from, whose settings the result has; null for methods without one
 * @param slices ranges of layers, one after the other; models as a whole are one slice
 * @param parameters of the method, for all models and tensors
 * @param dtype type that inputs are converted to before the merge; null leaves them as they are
 * @param outDtype type of the result; null means {@code dtype}, and without that the common type of the inputs
 * @param missing what happens to tensors that not all models have
 * @param tokenizer whose vocabulary the result has where the models' differ; null means that they must not differ
 * @param shardBytes most bytes of a file
 * @param seed of random methods
 */
public record Recipe(
        String method,
        Semantics semantics,
        @Nullable Model base,
        List<Slice> slices,
        Map<String, ParameterSetting> parameters,
        @Nullable Dtype dtype,
        @Nullable Dtype outDtype,
        Missing missing,
        @Nullable String tokenizer,
        long shardBytes,
        long seed) {
    /** What the Hub takes in one file. */
    public static final long DEFAULT_SHARD_BYTES = 5_000_000_000L;

    public Recipe {
        slices = List.copyOf(slices);
        parameters = Map.copyOf(parameters);
    }

    /**
     * A model, with an adapter where there is one.
     *
     * @param name what errors and the manifest call it
     * @param folder of the model
     * @param adapter folder of an adapter that is folded in while the model is read
     */
    public record Model(String name, Path folder, @Nullable Path adapter) {
        boolean sameAs(@Nullable Model other) {
            return other != null
                    && folder.toAbsolutePath()
                            .normalize()
                            .equals(other.folder().toAbsolutePath().normalize())
                    && (adapter == null ? other.adapter() == null : adapter.equals(other.adapter()));
        }
    }

    /**
     * Layers of the result.
     *
     * @param sources what they are merged of
     * @param base in place of the recipe's; null for the recipe's
     * @param parameters for this slice
     */
    public record Slice(List<SliceSource> sources, @Nullable Model base, Map<String, ParameterSetting> parameters) {
        public Slice {
            sources = List.copyOf(sources);
            parameters = Map.copyOf(parameters);
        }
    }

    /**
     * Layers of a model.
     *
     * @param layers which; null means all
     * @param parameters for this model in this slice
     */
    public record SliceSource(Model model, @Nullable LayerRange layers, Map<String, ParameterSetting> parameters) {
        public SliceSource {
            parameters = Map.copyOf(parameters);
        }
    }

    /** Layers from {@code first} to the one before {@code end}. */
    public record LayerRange(int first, int end) {
        int count() {
            return end - first;
        }
    }

    /** What happens to tensors that not all models have. */
    public enum Missing {
        /** The merge is refused, and they are listed. */
        ERROR,
        /** The base's tensor stays as it is. */
        KEEP_BASE,
        /** Where a model lacks a tensor its difference counts as zero. */
        ZERO
    }
}
