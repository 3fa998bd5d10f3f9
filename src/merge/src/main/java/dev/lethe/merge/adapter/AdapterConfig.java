package dev.lethe.merge.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a LoRA adapter as PEFT keeps them in {@code adapter_config.json}.
 *
 * @param rank {@code r}, at least 1
 * @param alpha {@code lora_alpha}
 * @param dropout {@code lora_dropout}, in [0, 1)
 * @param targetModules {@code target_modules}: which modules it is for
 * @param modulesToSave {@code modules_to_save}: names of the modules that were trained whole, sorted
 * @param dora {@code use_dora}: the rows of each changed weight get lengths of their own (Liu et al. 2024, arXiv 2402.09353)
 * @param rsLora {@code use_rslora}: scale by alpha/√r in place of alpha/r
 * @param rankPattern rank of modules whose name matches the key, in the order of the file
 * @param alphaPattern alpha of modules whose name matches the key, in the order of the file
 * @param bias {@code none}, {@code all} or {@code lora_only}
 * @param baseModel {@code base_model_name_or_path}, as the trainer wrote it; null where absent
 * @param taskType such as {@code CAUSAL_LM}; null where absent
 */
public record AdapterConfig(
        int rank,
        double alpha,
        double dropout,
        TargetModules targetModules,
        SortedSet<String> modulesToSave,
        boolean dora,
        boolean rsLora,
        Map<String, Integer> rankPattern,
        Map<String, Double> alphaPattern,
        String bias,
        @Nullable String baseModel,
        @Nullable String taskType) {
    /** The name of the file in an adapter folder. */
    public static final String FILE = "adapter_config.json";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    public AdapterConfig {
        modulesToSave = Collections.unmodifiableSortedSet(new TreeSet<>(modulesToSave));
        rankPattern = Collections.unmodifiableMap(new LinkedHashMap<>(rankPattern));
        alphaPattern = Collections.unmodifiableMap(new LinkedHashMap<>(alphaPattern));
    }

    /** Without DoRA, and with no module trained whole. */
    public AdapterConfig(
            int rank,
            double alpha,
            double dropout,
            SortedSet<String> targetModules,
            boolean rsLora,
            Map<String, Integer> rankPattern,
            Map<String, Double> alphaPattern,
            String bias,
            @Nullable String baseModel,
            @Nullable String taskType) {
        this(
                rank,
                alpha,
                dropout,
                new TargetModules.Names(targetModules),
                new TreeSet<>(),
                false,
                rsLora,
                rankPattern,
                alphaPattern,
                bias,
                baseModel,
                taskType);
    }

    /** A plain causal-language-model LoRA without patterns or biases. */
    public static AdapterConfig lora(
            int rank, double alpha, double dropout, SortedSet<String> targetModules, @Nullable String baseModel) {
        return new AdapterConfig(
                rank, alpha, dropout, targetModules, false, Map.of(), Map.of(), "none", baseModel, "CAUSAL_LM");
    }

    /**
     * Reads {@code adapter_config.json} of a folder.
     *
     * @throws InvalidInput where it is missing, malformed, or asks for a variant whose arithmetic is neither plain LoRA nor
     *     DoRA (PiSSA and others), which would otherwise be merged wrongly in silence
     */
    public static AdapterConfig read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw InvalidInput.at(folder.toString(), FILE, "nothing", "the settings of a PEFT adapter");
        }
        try {
            return new AdapterConfigReader(file.toString(), JSON.readTree(file.toFile())).read();
        } catch (JsonProcessingException e) {
            throw InvalidInput.at(file.toString(), "JSON", e.getOriginalMessage(), "a JSON object");
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
    }

    /** Writes {@code adapter_config.json} into a folder: keys sorted, the same bytes for the same settings. */
    public void write(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            Files.writeString(file, JSON.writeValueAsString(toJson()) + "\n");
        } catch (IOException e) {
            throw InvalidInput.unwritable(file, e);
        }
    }

    /** Rank and scaling of each module. */
    public ModuleScaling scaling() {
        return new ModuleScaling(this);
    }

    /** Whether {@code modules_to_save} names a module, or one that it lies in. */
    public boolean saves(String path) {
        return modulesToSave.stream().anyMatch(name -> ("." + path + ".").contains("." + name + "."));
    }

    private JsonNode toJson() {
        SortedMap<String, Object> fields = new TreeMap<>();
        fields.put("peft_type", "LORA");
        fields.put("r", rank);
        fields.put("lora_alpha", number(alpha));
        fields.put("lora_dropout", dropout);
        fields.put(
                "target_modules",
                switch (targetModules) {
                    case TargetModules.Names(SortedSet<String> names) -> names;
                    case TargetModules.Expression(String pattern) -> pattern;
                });
        fields.put("use_dora", dora);
        fields.put("use_rslora", rsLora);
        fields.put("rank_pattern", rankPattern);
        Map<String, Number> alphas = new LinkedHashMap<>();
        alphaPattern.forEach((pattern, value) -> alphas.put(pattern, number(value)));
        fields.put("alpha_pattern", alphas);
        fields.put("bias", bias);
        fields.put("fan_in_fan_out", false);
        fields.put("inference_mode", true);
        fields.put("init_lora_weights", true);
        ObjectNode json = JSON.valueToTree(fields);
        json.put("base_model_name_or_path", baseModel);
        json.put("task_type", taskType);
        json.set("modules_to_save", modulesToSave.isEmpty() ? JSON.nullNode() : JSON.valueToTree(modulesToSave));
        return json;
    }

    /** PEFT writes alpha as an integer where it is one. */
    private static Number number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < Integer.MAX_VALUE) {
            return (int) value;
        }
        return value;
    }
}
