package dev.lethe.merge.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.adapter.LoraModule;
import dev.lethe.merge.safetensors.Fixtures;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Decompositions: against PEFT's merges cut by torch, and against what must hold for any matrix. */
class AdapterSvdTest {
    private static final Path PEFT = Path.of("src/test/resources/parity/peft");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"svd", "ties_svd", "magnitude_prune_svd"})
    void productsAgreeWithPeft(String method) {
        Double density = method.equals("svd") ? null : 0.6;
        Path out = merge(new AdapterMergeSettings(method, density, null, null, 3, null, null));
        Map<String, float[]> expected = Fixtures.read(PEFT.resolve("svd.safetensors"));
        try (AdapterFolder merged = AdapterFolder.open(out)) {
            merged.modules().values().forEach(module -> {
                assertThat(module.rank()).isEqualTo(3);
                assertThat(product(out, module))
                        .as(module.path())
                        .containsExactly(expected.get(method + "." + module.path()), within(2e-6f));
            });
            assertThat(merged.modules()).isNotEmpty();
        }
    }

    /** With room for all ranks nothing is lost: the decomposition is the exact sum, as joining the factors is. */
    @Test
    void aRankThatIsLargeEnoughLosesNothing() {
        Path svd = merge(new AdapterMergeSettings("svd", null, null, null, 8, null, null));
        Path cat = folder.resolve("cat");
        AdapterMerge.merge(inputs(), new AdapterMergeSettings("cat", null, null, null), cat);
        try (AdapterFolder one = AdapterFolder.open(svd);
                AdapterFolder other = AdapterFolder.open(cat)) {
            one.modules().forEach((path, module) -> assertThat(product(svd, module))
                    .containsExactly(product(cat, other.modules().get(path)), within(2e-6f)));
        }
    }

    @Test
    void clampBoundsTheFactors() {
        Path out = merge(new AdapterMergeSettings("svd", null, null, null, 3, 0.9, null));
        Path free = folder.resolve("free");
        AdapterMerge.merge(inputs(), new AdapterMergeSettings("svd", null, null, null, 3, null, null), free);
        assertThat(largest(out)).isLessThan(largest(free));
    }

    /** Singular values fall off as 0.7^k: the error is that of the best approximation within a hundredth. */
    @Test
    void theRandomisedDecompositionIsNearlyTheBest() {
        int rows = 260;
        int columns = 220;
        int inner = 40;
        Random random = new Random(3);
        DMatrixRMaj left = new DMatrixRMaj(rows, inner);
        DMatrixRMaj right = new DMatrixRMaj(inner, columns);
        for (int i = 0; i < left.data.length; i++) {
            left.data[i] = random.nextGaussian() * Math.pow(0.7, i % inner);
        }
        for (int i = 0; i < right.data.length; i++) {
            right.data[i] = random.nextGaussian();
        }
        float[] matrix = new float[rows * columns];
        for (int i = 0; i < matrix.length; i++) {
            for (int k = 0; k < inner; k++) {
                matrix[i] += (float) (left.get(i / columns, k) * right.get(k, i % columns));
            }
        }
        double best = error(TruncatedSvd.ofProduct(left, right, 8), matrix, columns);
        double found = error(RandomizedSvd.of(matrix, rows, columns, 8), matrix, columns);
        assertThat(found).isBetween(best * 0.99999, best * 1.01);
    }

    private static double error(TruncatedSvd svd, float[] matrix, int columns) {
        double squares = 0;
        for (int i = 0; i < matrix.length; i++) {
            double value = 0;
            for (int k = 0; k < svd.rank(); k++) {
                value += svd.b()[i / columns * svd.rank() + k] * svd.a()[k * columns + i % columns];
            }
            squares += (matrix[i] - value) * (matrix[i] - value);
        }
        return Math.sqrt(squares);
    }

    private Path merge(AdapterMergeSettings settings) {
        Path out = folder.resolve("out");
        AdapterMerge.merge(inputs(), settings, out);
        return out;
    }

    private static List<AdapterMerge.Input> inputs() {
        return List.of(
                new AdapterMerge.Input("a", PEFT.resolve("adapters/f32/a"), 0.75),
                new AdapterMerge.Input("b", PEFT.resolve("adapters/f32/b"), 0.5));
    }

    private static float largest(Path adapter) {
        float largest = 0;
        for (float[] values :
                Fixtures.read(adapter.resolve(AdapterFolder.WEIGHTS)).values()) {
            for (float value : values) {
                largest = Math.max(largest, Math.abs(value));
            }
        }
        return largest;
    }

    private static float[] product(Path adapter, LoraModule module) {
        Map<String, float[]> tensors = Fixtures.read(adapter.resolve(AdapterFolder.WEIGHTS));
        float[] a = tensors.get(module.a().tensor());
        float[] b = tensors.get(module.b().tensor());
        int columns = a.length / module.rank();
        float[] product = new float[b.length / module.rank() * columns];
        for (int i = 0; i < product.length; i++) {
            for (int k = 0; k < module.rank(); k++) {
                product[i] +=
                        (float) (module.scaling() * b[i / columns * module.rank() + k] * a[k * columns + i % columns]);
            }
        }
        return product;
    }
}
