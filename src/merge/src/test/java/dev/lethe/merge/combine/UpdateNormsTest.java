package dev.lethe.merge.combine;

import static dev.lethe.merge.combine.Adapters.config;
import static dev.lethe.merge.combine.Adapters.matrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.adapter.LoraModule;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpdateNormsTest {
    @TempDir
    Path folder;

    /** Scalings 2 and 4. */
    @Test
    void normsAreThoseOfWhatTheEngineWrites() throws Exception {
        Path first = Adapters.write(
                folder.resolve("1"),
                config(2, 4, "base"),
                "m.q",
                matrix(2, 3, "8 −1 4 2 −6 3"),
                matrix(2, 2, "4 −1 −3 2"));
        Path second = Adapters.write(
                folder.resolve("2"),
                config(2, 8, "base"),
                "m.q",
                matrix(2, 3, "−2 5 1 7 −3 −4"),
                matrix(2, 2, "1 6 −2 −5"));
        UpdateNorms norms = UpdateNorms.of(List.of(first, second), 1);
        List<Double> weights = List.of(0.75, 0.25);
        assertThat(norms.ofSum(weights)).isCloseTo(norm("cat", weights, first, second), within(1e-3));
        assertThat(norms.ofFactors(weights)).isCloseTo(norm("linear", weights, first, second), within(1e-3));
        assertThat(norms.ofFactors(List.of(1.0, 0.0)))
                .as("of one there are no cross terms")
                .isCloseTo(norms.ofSum(List.of(1.0, 0.0)), within(1e-9));
    }

    /** Of B·A as it is multiplied out. */
    private double norm(String method, List<Double> weights, Path first, Path second) {
        Path merged = folder.resolve(method);
        AdapterMerge.merge(
                List.of(
                        new AdapterMerge.Input("1", first, weights.get(0)),
                        new AdapterMerge.Input("2", second, weights.get(1))),
                new AdapterMergeSettings(method, null, null, null),
                merged);
        try (AdapterFolder adapter = AdapterFolder.open(merged)) {
            LoraModule module = adapter.modules().get("m.q");
            float[] a = adapter.numbers(module.a());
            float[] b = adapter.numbers(module.b());
            double sum = 0;
            for (int row = 0; row < 2; row++) {
                for (int column = 0; column < 3; column++) {
                    double entry = 0;
                    for (int k = 0; k < module.rank(); k++) {
                        entry += (double) b[row * module.rank() + k] * a[k * 3 + column];
                    }
                    sum += entry * entry;
                }
            }
            return Math.sqrt(sum);
        }
    }
}
