package dev.lethe.unlearning.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.file.AtomicDirectory;
import dev.lethe.merge.safetensors.Header;
import dev.lethe.merge.safetensors.ModelFiles;
import dev.lethe.merge.safetensors.SafetensorsWriter;
import dev.lethe.merge.safetensors.TensorInfo;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;

/** Writes a Hugging Face model folder. */
final class WeightWriter {

    private static final String GENERATION = "generation_config.json";

    private final BaseModel model;
    private final Dtype dtype;

    WeightWriter(BaseModel model, Dtype dtype) {
        this.model = model;
        this.dtype = dtype;
    }

    void write(Path target, Path tokenizer) {
        try (AtomicDirectory directory = AtomicDirectory.create(target)) {
            fill(directory.path(), tokenizer);
            directory.commit();
        }
    }

    void fill(Path folder, Path tokenizer) {
        try {
            writeWeights(folder.resolve("model.safetensors"));
            writeConfig(folder.resolve(ModelConfig.FILE));
            SortedSet<String> copied = ModelFiles.tokenizer(tokenizer);
            if (Files.isRegularFile(tokenizer.resolve(GENERATION))) {
                copied.add(GENERATION);
            }
            ModelFiles.copy(tokenizer, copied, folder);
        } catch (IOException e) {
            throw InvalidInput.unwritable(folder, e);
        }
    }

    private void writeWeights(Path file) {
        dev.lethe.merge.safetensors.Dtype stored = dev.lethe.merge.safetensors.Dtype.valueOf(dtype.name());
        Map<String, TensorInfo> infos = new LinkedHashMap<>();
        model.weights().forEach((name, weight) -> infos.put(name, TensorInfo.of(stored, weight.shape())));
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, infos, Header.PYTORCH)) {
            model.weights()
                    .forEach((name, weight) -> Scope.run(() -> writer.write(
                            name,
                            weight.detach()
                                    .to(dtype)
                                    .to(Device.CPU)
                                    .contiguous()
                                    .bytes())));
            writer.commit();
        }
    }

    private void writeConfig(Path file) throws IOException {
        ObjectNode document = model.config().document().deepCopy();
        String name =
                switch (dtype) {
                    case BF16 -> "bfloat16";
                    case F16 -> "float16";
                    default -> "float32";
                };
        document.remove("dtype"); // the name since transformers 5, which reads the older one too
        document.put("torch_dtype", name);
        Files.writeString(file, document.toPrettyString() + "\n");
    }
}
