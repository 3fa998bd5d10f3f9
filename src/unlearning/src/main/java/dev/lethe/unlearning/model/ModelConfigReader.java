package dev.lethe.unlearning.model;

import java.util.Optional;
import java.util.OptionalInt;

/** Reads config.json, and refuses settings that would change the computation and are not supported. */
final class ModelConfigReader {

    private final JsonDocument document;

    ModelConfigReader(JsonDocument document) {
        this.document = document;
    }

    ModelConfig read() {
        Architecture architecture = architecture();
        refuseUnsupported();
        int hidden = required("hidden_size");
        int heads = required("num_attention_heads");
        int kvHeads = document.integer("num_key_value_heads", 1).orElse(heads);
        if (heads % kvHeads != 0) {
            throw document.refused("num_key_value_heads", "a divisor of num_attention_heads, " + heads);
        }
        if (hidden % heads != 0 && document.field("head_dim").isEmpty()) {
            throw document.refused("num_attention_heads", "a divisor of hidden_size, " + hidden);
        }
        int headDim = document.integer("head_dim", 2).orElse(hidden / heads);
        if (headDim % 2 != 0) {
            throw document.refused("head_dim", "an even number");
        }
        return new ModelConfig(
                architecture,
                required("vocab_size"),
                hidden,
                required("intermediate_size"),
                required("num_hidden_layers"),
                heads,
                kvHeads,
                headDim,
                document.positive("rms_norm_eps").orElse(1e-6),
                ropeTheta(),
                ropeScaling(),
                maxPositions(),
                document.bool("tie_word_embeddings").orElse(false),
                document.bool("attention_bias").orElse(false),
                document.bool("mlp_bias").orElse(false),
                document.positive("clip_qkv"),
                document.positive("initializer_range").orElse(0.02),
                padding(),
                document.json());
    }

    private Architecture architecture() {
        return document.text("model_type")
                .flatMap(Architectures::named)
                .orElseThrow(() -> document.refused("model_type", Architectures.names()));
    }

    private int required(String field) {
        return document.integer(field, 1).orElseThrow(() -> document.refused(field, "an integer of at least 1"));
    }

    /** An id outside the vocabulary means none. */
    private OptionalInt padding() {
        int id = document.integer("pad_token_id", Integer.MIN_VALUE).orElse(-1);
        return id >= 0 && id < required("vocab_size") ? OptionalInt.of(id) : OptionalInt.empty();
    }

    private void refuseUnsupported() {
        absent("quantization_config", "no quantisation: weights in f32, bf16 or f16");
        absent("sliding_window", "none: attention over the whole context");
        absent("layer_types", "none: attention over the whole context in every layer");
        if (!document.text("hidden_act").orElse("silu").equals("silu")) {
            throw document.refused("hidden_act", "\"silu\"");
        }
        requireFull(document);
    }

    private void absent(String field, String expected) {
        if (document.field(field).isPresent()) {
            throw document.refused(field, expected);
        }
    }

    /** As transformers has it: {@code rope_scaling} where it says something, though {@code rope_parameters} stands beside. */
    private Optional<JsonDocument> rope() {
        return document.object("rope_scaling")
                .filter(rope -> !rope.json().isEmpty())
                .or(() -> document.object("rope_parameters"));
    }

    /** Base of the frequencies: inside the {@link #rope} parameters since transformers 5, else at the top. */
    private double ropeTheta() {
        return rope().flatMap(parameters -> parameters.positive("rope_theta"))
                .or(() -> document.positive("rope_theta"))
                .orElse(10000.0);
    }

    private RopeScaling ropeScaling() {
        return rope().map(this::scaling).orElseGet(RopeScaling.None::new);
    }

    private RopeScaling scaling(JsonDocument rope) {
        requireFull(rope);
        String field = rope.field("rope_type").isPresent() ? "rope_type" : "type"; // the older name
        return switch (rope.text(field).orElse("default")) {
            case "default" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(requiredNumber(rope, "factor"));
            case "llama3" ->
                new RopeScaling.Llama3(
                        requiredNumber(rope, "factor"),
                        requiredNumber(rope, "low_freq_factor"),
                        requiredNumber(rope, "high_freq_factor"),
                        rope.positive("original_max_position_embeddings").orElseGet(() -> (double) maxPositions()));
            default -> throw rope.refused(field, "default, linear or llama3");
        };
    }

    private int maxPositions() {
        return document.integer("max_position_embeddings", 1).orElse(2048);
    }

    private static void requireFull(JsonDocument rope) {
        if (rope.field("partial_rotary_factor")
                .filter(f -> f.doubleValue() != 1)
                .isPresent()) {
            throw rope.refused("partial_rotary_factor", "1");
        }
    }

    private static double requiredNumber(JsonDocument rope, String field) {
        return rope.positive(field).orElseThrow(() -> rope.refused(field, "a number above 0"));
    }
}
