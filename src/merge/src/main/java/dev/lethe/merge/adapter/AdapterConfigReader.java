package dev.lethe.merge.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lethe.merge.InvalidInput;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the fields of an {@code adapter_config.json} one by one; each error names the file and the field. */
final class AdapterConfigReader {
    /** Fields that change the arithmetic of an adapter; plain LoRA and DoRA have them absent, null, false or empty. */
    private static final List<String> OTHER_ARITHMETIC = List.of(
            "alora_invocation_tokens",
            "arrow_config",
            "fan_in_fan_out",
            "kasa_config",
            "layer_replication",
            "lora_bias",
            "monteclora_config",
            "target_parameters",
            "trainable_token_indices",
            "use_bdlora",
            "use_qalora",
            "velora_config");

    /** Initialisations that change the base model's weights, so that the adapter fits a base that nobody has. */
    private static final Pattern CHANGED_BASE = Pattern.compile("(pissa|olora|corda|loftq|lora_ga).*");

    private final String file;
    private final JsonNode json;

    AdapterConfigReader(String file, JsonNode json) {
        this.file = file;
        this.json = json;
    }

    AdapterConfig read() {
        if (!json.isObject()) {
            throw InvalidInput.at(file, "JSON", json.getNodeType().toString(), "an object");
        }
        String type = text("peft_type", "LORA");
        if (!"LORA".equals(type)) {
            throw InvalidInput.at(file, "peft_type", type, "LORA");
        }
        OTHER_ARITHMETIC.forEach(this::requireUnset);
        String initialisation = json.path("init_lora_weights").asText();
        if (CHANGED_BASE.matcher(initialisation).matches()) {
            throw InvalidInput.at(
                    file, "init_lora_weights", initialisation, "true, as PEFT writes after converting to plain LoRA");
        }
        return new AdapterConfig(
                rank("r", json.path("r")),
                finite("lora_alpha", json.path("lora_alpha")),
                dropout(),
                targetModules(),
                modulesToSave(),
                flag("use_dora"),
                flag("use_rslora"),
                pattern("rank_pattern", this::rank),
                pattern("alpha_pattern", this::finite),
                bias(),
                text("base_model_name_or_path", null),
                text("task_type", null));
    }

    private void requireUnset(String field) {
        JsonNode value = json.path(field);
        boolean unset = value.isMissingNode()
                || value.isNull()
                || (value.isBoolean() && !value.booleanValue())
                || (value.isContainerNode() && value.isEmpty());
        if (!unset) {
            throw InvalidInput.at(file, field, value.toString(), "plain LoRA, where it is not set");
        }
    }

    private int rank(String field, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
            throw InvalidInput.at(file, field, found(value), "an integer of at least 1");
        }
        return value.intValue();
    }

    private double finite(String field, JsonNode value) {
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw InvalidInput.at(file, field, found(value), "a number");
        }
        return value.doubleValue();
    }

    private double dropout() {
        JsonNode value = json.path("lora_dropout");
        double dropout = value.isMissingNode() ? 0 : finite("lora_dropout", value);
        if (dropout < 0 || dropout >= 1) {
            throw InvalidInput.at(file, "lora_dropout", found(value), "a number in [0, 1)");
        }
        return dropout;
    }

    private TargetModules targetModules() {
        JsonNode value = json.path("target_modules");
        return value.isTextual()
                ? new TargetModules.Expression(value.textValue())
                : new TargetModules.Names(names("target_modules", value, "an array of module names or a string"));
    }

    /** An empty name would be every module. */
    private SortedSet<String> modulesToSave() {
        return names("modules_to_save", json.path("modules_to_save"), "an array of module names");
    }

    /** None where the field is absent or null. */
    private SortedSet<String> names(String field, JsonNode value, String expected) {
        SortedSet<String> names = new TreeSet<>();
        for (JsonNode name : value) {
            names.add(name.textValue() == null ? "" : name.textValue());
        }
        boolean array = value.isArray() || value.isNull() || value.isMissingNode();
        if (!array || names.contains("")) {
            throw InvalidInput.at(file, field, found(value), expected);
        }
        return names;
    }

    private boolean flag(String field) {
        JsonNode value = json.path(field);
        if (!value.isMissingNode() && !value.isNull() && !value.isBoolean()) {
            throw InvalidInput.at(file, field, found(value), "true or false");
        }
        return value.booleanValue();
    }

    private <T> Map<String, T> pattern(String field, BiFunction<String, JsonNode, T> read) {
        JsonNode value = json.path(field);
        if (!value.isMissingNode() && !value.isNull() && !value.isObject()) {
            throw InvalidInput.at(file, field, found(value), "an object");
        }
        Map<String, T> pattern = new LinkedHashMap<>();
        value.properties().forEach(entry -> {
            String name = field + "." + entry.getKey();
            requireRegularExpression(name, entry.getKey());
            pattern.put(entry.getKey(), read.apply(name, entry.getValue()));
        });
        return pattern;
    }

    private void requireRegularExpression(String field, String key) {
        try {
            ModulePattern.of(key);
        } catch (IllegalArgumentException e) {
            throw InvalidInput.at(file, field, String.valueOf(e.getMessage()), ModulePattern.EXPECTED);
        }
    }

    private String bias() {
        String bias = text("bias", "none");
        if (bias == null || !List.of("none", "all", "lora_only").contains(bias)) {
            throw InvalidInput.at(file, "bias", String.valueOf(bias), "none, all or lora_only");
        }
        return bias;
    }

    private @Nullable String text(String field, @Nullable String otherwise) {
        JsonNode value = json.path(field);
        if (value.isMissingNode()) {
            return otherwise;
        }
        if (!value.isTextual() && !value.isNull()) {
            throw InvalidInput.at(file, field, found(value), "a string");
        }
        return value.textValue();
    }

    private static String found(JsonNode value) {
        return value.isMissingNode() ? "nothing" : value.toString();
    }
}
