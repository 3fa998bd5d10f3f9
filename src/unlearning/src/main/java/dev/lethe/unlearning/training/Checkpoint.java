package dev.lethe.unlearning.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.Header;
import dev.lethe.merge.safetensors.SafetensorsFile;
import dev.lethe.merge.safetensors.SafetensorsWriter;
import dev.lethe.merge.safetensors.TensorInfo;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.NoGrad;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A folder with what a run needs to continue: {@code state.safetensors} (trained weights and the optimizer's moments),
 * {@code losses.jsonl} and {@code checkpoint.json} (its format, steps done, and the fingerprint of the request). No state of a
 * random generator is needed: order and dropout are functions of the seed and the step.
 *
 * @param folder where it lies
 * @param step steps done
 * @param updates steps that the optimizer's moments are made of: fewer than {@code step} where the run went back
 * @param course the course's own state
 * @param fingerprint of the request that it belongs to
 */
record Checkpoint(Path folder, int step, int updates, JsonNode course, String fingerprint) {
    /**
     * Raised whenever a fingerprint is made of something else, or the state means something else: neither can be compared with
     * those of another format.
     */
    static final int FORMAT = 3;

    private static final String MANIFEST = "checkpoint.json";
    private static final String STATE = "state.safetensors";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Writes a checkpoint into a folder. */
    static Checkpoint write(
            Path folder,
            int step,
            int updates,
            JsonNode course,
            String fingerprint,
            SortedMap<String, Tensor> state,
            LossHistory history) {
        SortedMap<String, TensorInfo> infos = new TreeMap<>();
        state.forEach((name, tensor) ->
                infos.put(name, TensorInfo.of(Dtype.valueOf(tensor.dtype().name()), tensor.shape())));
        try (SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve(STATE), infos, Header.PYTORCH)) {
            state.forEach((name, tensor) -> Scope.run(() -> writer.write(
                    name, tensor.detach().to(Device.CPU).contiguous().bytes())));
            writer.commit();
        }
        history.write(folder);
        try {
            Files.writeString(
                    folder.resolve(MANIFEST),
                    JSON.writeValueAsString(new TreeMap<>(Map.of(
                                    "format", FORMAT,
                                    "course", course,
                                    "fingerprint", fingerprint,
                                    "step", step,
                                    "updates", updates)))
                            + "\n");
        } catch (IOException e) {
            throw InvalidInput.unwritable(folder, e);
        }
        return new Checkpoint(folder, step, updates, course, fingerprint);
    }

    /**
     * Whether a folder holds a whole checkpoint of this version's format.
     *
     * @throws InvalidInput where the operating system does not let it be read, which says nothing of what it is
     */
    static boolean isIn(Path folder) {
        if (!Files.exists(folder.resolve(MANIFEST))) {
            return false;
        }
        try {
            if (manifest(folder).path("format").asInt() != FORMAT) {
                return false;
            }
            SafetensorsFile.open(folder.resolve(STATE)).close();
            var unused = LossHistory.read(folder);
            return true;
        } catch (InvalidInput e) {
            if (e.getCause() instanceof IOException cause
                    && !(cause instanceof JsonProcessingException || cause instanceof NoSuchFileException)) {
                throw e;
            }
            return false;
        }
    }

    static Checkpoint read(Path folder) {
        JsonNode json = manifest(folder);
        return new Checkpoint(
                folder,
                json.path("step").asInt(),
                json.path("updates").asInt(),
                json.path("course"),
                json.path("fingerprint").asText());
    }

    private static JsonNode manifest(Path folder) {
        Path manifest = folder.resolve(MANIFEST);
        try {
            return JSON.readTree(manifest.toFile());
        } catch (JsonProcessingException e) {
            throw InvalidInput.at(manifest.toString(), "JSON", "what is none", "a checkpoint's manifest");
        } catch (IOException e) {
            throw InvalidInput.unreadable(manifest, e);
        }
    }

    LossHistory history() {
        return LossHistory.read(folder);
    }

    /**
     * Overwrites tensors with those of the same name.
     *
     * @throws InvalidInput where one is missing, or of another type or shape
     */
    void restore(Map<String, Tensor> state) {
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(STATE));
                NoGrad _ = new NoGrad()) {
            state.forEach((name, tensor) -> {
                TensorInfo expected = TensorInfo.of(Dtype.valueOf(tensor.dtype().name()), tensor.shape());
                TensorInfo found = file.info(name);
                if (!found.sameDtypeAndShape(expected)) {
                    throw InvalidInput.at(file.path().toString(), name, kind(found), kind(expected));
                }
                Scope.run(() -> tensor.copyInPlace(Tensor.fromBlob(file.data(name), tensor.dtype(), tensor.shape())));
            });
        }
    }

    private static String kind(TensorInfo info) {
        return info.dtype() + " " + info.dimensions();
    }
}
