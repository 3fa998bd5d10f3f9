package dev.lethe.unlearning;

import dev.lethe.merge.safetensors.SafetensorsFile;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Tensor;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The parity fixtures, which Python peers made. */
public final class Fixtures {

    private Fixtures() {}

    /** A file or folder under {@code parity}. */
    public static Path path(String name) {
        try {
            return Path.of(Objects.requireNonNull(Fixtures.class.getResource("/parity/" + name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Copies of the tensors of a safetensors file. */
    public static Map<String, Tensor> tensors(String name) {
        Map<String, Tensor> tensors = new TreeMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(path(name))) {
            file.tensors()
                    .forEach((key, info) -> tensors.put(
                            key,
                            Tensor.fromBlob(
                                            file.data(key),
                                            Dtype.valueOf(info.dtype().name()),
                                            info.shape())
                                    .copy()));
        }
        return tensors;
    }
}
