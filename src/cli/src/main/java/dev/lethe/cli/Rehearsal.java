package dev.lethe.cli;

import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.FloatBlocks;
import dev.lethe.merge.safetensors.Header;
import dev.lethe.merge.safetensors.SafetensorsWriter;
import dev.lethe.merge.safetensors.TensorInfo;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The training run from which {@code ./lethe} makes its class cache: one process that checks a job and merges small
 * random models and adapters, so that classes are linked and hot loops are known before the first real merge.
 */
final class Rehearsal {
    private static final long ROWS = 1024;
    private static final long RANK = 8;
    private static final String TENSOR = "model.layers.0.mlp.down_proj";
    private static final String ADAPTER_CONFIG =
            """
            {"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 8, "lora_alpha": 8, "lora_dropout": 0.0, "bias": "none",
             "target_modules": ["down_proj"], "base_model_name_or_path": "base"}
            """;
    private static final String MODELS =
            """
            merge_method: %s
            base_model: %s/base
            models:
            - {model: %2$s/a, parameters: {weight: 0.5, density: 0.5}}
            - {model: %2$s/b, parameters: {weight: 0.5, density: 0.5}}
            """;
    private static final String ADAPTERS =
            """
            apiVersion: lethe.dev/v1alpha1
            kind: ModelMerge
            metadata: {name: rehearsal}
            spec:
              base: {uri: file:base}
              inputs: [{name: a, uri: file:lora-a}, {name: b, uri: file:lora-b}]
              method: %s
              semantics: peft
              output: {uri: file:merged-%1$s, form: %s}
            """;

    private final Path folder;

    private Rehearsal(Path folder) {
        this.folder = folder;
    }

    /** @param arguments the manifest of a job, and an empty folder for what is written */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[1]);
        lethe(
                "run",
                "--dry-run",
                "-f",
                arguments[0],
                "--workdir",
                folder.resolve("none").toString());
        new Rehearsal(folder).merge();
    }

    private static void lethe(String... arguments) {
        Lethe.execute(arguments);
    }

    private void merge() throws IOException {
        Map<String, TensorInfo> weights = Map.of(TENSOR + ".weight", TensorInfo.of(Dtype.BF16, ROWS, ROWS));
        String factor = "base_model.model." + TENSOR + ".lora_";
        Map<String, TensorInfo> factors = Map.of(
                factor + "A.weight", TensorInfo.of(Dtype.F32, RANK, ROWS),
                factor + "B.weight", TensorInfo.of(Dtype.F32, ROWS, RANK));
        for (String model : new String[] {"base", "a", "b"}) {
            write(model, "model.safetensors", weights, "config.json", "{\"model_type\": \"llama\"}");
        }
        for (String adapter : new String[] {"lora-a", "lora-b"}) {
            write(adapter, "adapter_model.safetensors", factors, "adapter_config.json", ADAPTER_CONFIG);
        }
        for (String method : new String[] {"ties", "task_arithmetic", "linear"}) {
            Path config = folder.resolve(method + ".yml");
            Files.writeString(config, MODELS.formatted(method, folder));
            lethe(
                    "merge",
                    "--mergekit",
                    config.toString(),
                    folder.resolve(method).toString());
        }
        adapters("cat", "adapter");
        adapters("linear", "model");
    }

    private void adapters(String method, String form) throws IOException {
        Path manifest = folder.resolve(method + ".yaml");
        Files.writeString(manifest, ADAPTERS.formatted(method, form));
        lethe("merge", "-f", manifest.toString());
    }

    private void write(String name, String file, Map<String, TensorInfo> infos, String settings, String json)
            throws IOException {
        Path target = Files.createDirectories(folder.resolve(name));
        Files.writeString(target.resolve(settings), json);
        SplittableRandom random = new SplittableRandom(name.hashCode());
        try (SafetensorsWriter writer = SafetensorsWriter.create(target.resolve(file), infos, Header.PYTORCH)) {
            for (Map.Entry<String, TensorInfo> tensor : new TreeMap<>(infos).entrySet()) {
                TensorInfo info = tensor.getValue();
                float[] numbers = new float[(int) info.elements()];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = (float) random.nextGaussian() / 50;
                }
                byte[] bytes = new byte[(int) info.bytes()];
                FloatBlocks.write(info.dtype(), numbers, numbers.length, MemorySegment.ofArray(bytes), 0);
                writer.write(tensor.getKey(), MemorySegment.ofArray(bytes));
            }
            writer.commit();
        }
    }
}
