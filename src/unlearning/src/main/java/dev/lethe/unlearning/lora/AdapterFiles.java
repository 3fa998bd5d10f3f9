package dev.lethe.unlearning.lora;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.adapter.AdapterConfig;
import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.adapter.LoraModule;
import dev.lethe.merge.safetensors.Header;
import dev.lethe.merge.safetensors.SafetensorsWriter;
import dev.lethe.merge.safetensors.TensorInfo;
import dev.lethe.unlearning.model.LoraFactors;
import dev.lethe.unlearning.model.ModelConfig;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Adapters in the format of PEFT. */
final class AdapterFiles {

    private AdapterFiles() {}

    /** The settings that PEFT would write for an adapter of all linear modules. */
    static AdapterConfig config(ModelConfig model, LoraSettings settings, String baseName) {
        SortedSet<String> targets = new TreeSet<>();
        model.linearShapes().keySet().forEach(module -> targets.add(module.substring(module.lastIndexOf('.') + 1)));
        return new AdapterConfig(
                settings.rank(),
                settings.alpha(),
                settings.dropout(),
                targets,
                settings.rsLora(),
                Map.of(),
                Map.of(),
                "none",
                baseName,
                "CAUSAL_LM");
    }

    static Adapter read(Path path, ModelConfig model, Device device, Optional<String> baseDigest) {
        try (AdapterFolder folder = AdapterFolder.open(path)) {
            baseDigest.ifPresent(digest -> folder.requireBase(() -> digest));
            checkFit(folder, model);
            folder.requireFinite();
            SortedMap<String, LoraFactors> modules = new TreeMap<>();
            folder.modules()
                    .forEach((name, module) -> modules.put(
                            name,
                            new LoraFactors(
                                    factor(folder, module.a(), device),
                                    factor(folder, module.b(), device),
                                    module.scaling())));
            return new Adapter(folder.config(), modules);
        }
    }

    /** See {@link Adapter#isPlain}. */
    static boolean isPlain(AdapterFolder folder, ModelConfig model) {
        return folder.wholes().isEmpty()
                && model.linearModules().keySet().containsAll(folder.modules().keySet())
                && folder.modules().values().stream().allMatch(module -> module.magnitude() == null);
    }

    private static void checkFit(AdapterFolder folder, ModelConfig model) {
        Map<String, long[]> expected = model.linearModules();
        List<String> problems = new ArrayList<>();
        folder.modules().forEach((name, module) -> {
            long[] shape = expected.get(name);
            if (shape == null) {
                problems.add(name + ": the model has no such linear module");
            } else if (module.magnitude() != null) {
                problems.add(name + ": found DoRA, expected plain LoRA");
            } else if (inputs(module) != shape[1] || outputs(module) != shape[0]) {
                problems.add("%s: found %d inputs and %d outputs, expected %d and %d"
                        .formatted(name, inputs(module), outputs(module), shape[1], shape[0]));
            }
        });
        folder.wholes()
                .values()
                .forEach(whole -> problems.add(whole.stored() + ": found a whole tensor, expected plain LoRA"));
        if (!problems.isEmpty()) {
            throw new InvalidInput("%s: adapter: %d modules do not fit the model: %s"
                    .formatted(folder.folder(), problems.size(), String.join("; ", problems)));
        }
    }

    private static long inputs(LoraModule module) {
        return module.a().info().dimensions().get(1);
    }

    private static long outputs(LoraModule module) {
        return module.b().info().dimensions().get(0);
    }

    private static Tensor factor(AdapterFolder folder, LoraModule.Factor factor, Device device) {
        try (Scope _ = new Scope()) {
            Dtype stored = Dtype.valueOf(factor.info().dtype().name());
            Tensor copy = Tensor.empty(stored, Device.CPU, factor.info().shape());
            copy.bytes().copyFrom(folder.data(factor));
            return copy.to(Dtype.F32).to(device).owned();
        }
    }

    static void write(Adapter adapter, Path folder, Optional<String> baseDigest) {
        adapter.config().write(folder);
        Map<String, Tensor> parameters = adapter.parameters();
        Map<String, TensorInfo> infos = new LinkedHashMap<>();
        parameters.forEach((name, tensor) ->
                infos.put(name, TensorInfo.of(dev.lethe.merge.safetensors.Dtype.F32, tensor.shape())));
        Map<String, String> metadata = new TreeMap<>(Header.PYTORCH);
        baseDigest.ifPresent(digest -> metadata.put(AdapterFolder.BASE_DIGEST, digest));
        Path file = folder.resolve(AdapterFolder.WEIGHTS);
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, infos, metadata)) {
            parameters.forEach((name, tensor) -> Scope.run(() -> writer.write(
                    name, tensor.detach().to(Device.CPU).contiguous().bytes())));
            writer.commit();
        }
    }
}
