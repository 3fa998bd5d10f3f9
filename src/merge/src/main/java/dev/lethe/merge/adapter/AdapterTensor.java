package dev.lethe.merge.adapter;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a tensor of an adapter's file is, by its name: as PEFT saves it, with the adapter's name in it ({@code
 * lora_A.default.weight}) as a plain state dict has it, and with or without PEFT's prefix.
 */
sealed interface AdapterTensor {
    /** What PEFT puts before the name in the base model. */
    String PREFIX = "base_model.model.";

    /**
     * Factor {@code A} or {@code B} of a linear module or an embedding.
     *
     * @param path of the module
     */
    record Factor(String path, char factor, boolean embedding) implements AdapterTensor {
        /** The name that PEFT gives to it. */
        String savedName() {
            return PREFIX + path + (embedding ? ".lora_embedding_" + factor : ".lora_" + factor + ".weight");
        }
    }

    /** DoRA's lengths for a module. */
    record Magnitude(String path) implements AdapterTensor {}

    /**
     * A tensor of the base as it was before training or in place of it.
     *
     * @param trained whether the name says that its module was trained whole
     */
    record Whole(String tensor, boolean trained) implements AdapterTensor {}

    /** The base's tensor of a module that was trained whole: nobody uses it. */
    record Original() implements AdapterTensor {}

    /** Empty where the name is none of these. */
    static Optional<AdapterTensor> named(String name) {
        String own = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
        Matcher factor = Names.FACTOR.matcher(own);
        if (factor.matches()) {
            boolean embedding = factor.group("embedding") != null;
            String letter = factor.group(embedding ? "embedding" : "linear");
            return Optional.of(new Factor(factor.group("path"), letter.charAt(0), embedding));
        }
        Matcher magnitude = Names.MAGNITUDE.matcher(own);
        if (magnitude.matches()) {
            return Optional.of(new Magnitude(magnitude.group("path")));
        }
        if (own.contains(".lora_") || !Names.PARAMETER.matcher(own).matches()) {
            return Optional.empty();
        }
        Matcher wrapped = Names.WRAPPED.matcher(own);
        if (!wrapped.matches()) {
            return Optional.of(new Whole(own, false));
        }
        return Optional.of(
                wrapped.group("original") != null
                        ? new Original()
                        : new Whole(wrapped.group("path") + wrapped.group("inner"), wrapped.group("trained") != null));
    }

    /** How the names are written. */
    final class Names {
        private static final Pattern FACTOR =
                Pattern.compile("(?<path>.+)\\.lora_(?:(?<linear>[AB])(?:\\.[^.]+)?\\.weight"
                        + "|embedding_(?<embedding>[AB])(?:\\.[^.]+)?)");
        private static final Pattern MAGNITUDE =
                Pattern.compile("(?<path>.+)\\.lora_magnitude_vector(?:\\.[^.]+){0,2}");
        private static final Pattern PARAMETER = Pattern.compile(".+\\.(weight|bias)");
        /** A tensor of what PEFT wraps a module in: the layer itself, its trained copy, or what it was before. */
        private static final Pattern WRAPPED = Pattern.compile("(?<path>.+?)\\.(?:base_layer"
                + "|(?<trained>modules_to_save)\\.[^.]+|(?<original>original_module))(?<inner>\\..+)");

        private Names() {}
    }
}
