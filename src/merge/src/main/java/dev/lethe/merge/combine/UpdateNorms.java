package dev.lethe.merge.combine;

import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.adapter.LoraModule;
import dev.lethe.merge.adapter.LoraModule.Factor;
import dev.lethe.merge.engine.WorkerThreads;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * How far merges of adapters would move the base: the Frobenius norm of ΔW over all modules together. No ΔW is ever made, as
 * ‖BA‖² is the trace of (BᵀB)(AAᵀ), and both are made once for each pair of adapters.
 *
 * @param modules the products of the factors of each module
 */
public record UpdateNorms(List<Products> modules) {
    /**
     * Of one module, in the order of the adapters that have it.
     *
     * @param parts the places of these adapters among all
     * @param scalings of their updates
     * @param a {@code A_i·A_jᵀ} by i and j
     * @param b {@code B_iᵀ·B_j} by i and j
     */
    record Products(List<Integer> parts, List<Double> scalings, List<List<DMatrixRMaj>> a, List<List<DMatrixRMaj>> b) {
        /** ‖Σ wᵢ·sᵢ·BᵢAᵢ‖². */
        double ofSum(List<Double> weights) {
            double sum = 0;
            for (int i = 0; i < parts.size(); i++) {
                for (int j = 0; j < parts.size(); j++) {
                    sum += factor(i, weights)
                            * factor(j, weights)
                            * trace(b.get(i).get(j), a.get(j).get(i));
                }
            }
            return sum;
        }

        /** ‖(Σ √(wᵢsᵢ)·Bᵢ)(Σ √(wᵢsᵢ)·Aᵢ)‖², for weights that are not negative. */
        double ofFactors(List<Double> weights) {
            int rank = a.getFirst().getFirst().numRows;
            DMatrixRMaj outer = new DMatrixRMaj(rank, rank);
            DMatrixRMaj inner = new DMatrixRMaj(rank, rank);
            for (int i = 0; i < parts.size(); i++) {
                for (int j = 0; j < parts.size(); j++) {
                    double factor = Math.sqrt(factor(i, weights) * factor(j, weights));
                    CommonOps_DDRM.addEquals(outer, factor, a.get(i).get(j));
                    CommonOps_DDRM.addEquals(inner, factor, b.get(i).get(j));
                }
            }
            return trace(inner, outer);
        }

        private double factor(int part, List<Double> weights) {
            return weights.get(parts.get(part)) * scalings.get(part);
        }

        private static double trace(DMatrixRMaj left, DMatrixRMaj right) {
            double sum = 0;
            for (int row = 0; row < left.numRows; row++) {
                for (int column = 0; column < left.numCols; column++) {
                    sum += left.get(row, column) * right.get(column, row);
                }
            }
            return sum;
        }
    }

    /**
     * Reads the factors of adapters of one base.
     *
     * @throws dev.lethe.merge.InvalidInput where a folder is no adapter that can be read
     */
    public static UpdateNorms of(List<Path> folders, int threads) {
        List<AdapterFolder> adapters = new ArrayList<>();
        try (WorkerThreads workers = new WorkerThreads(threads)) {
            folders.forEach(folder -> adapters.add(AdapterFolder.open(folder)));
            SortedSet<String> paths = new TreeSet<>();
            adapters.forEach(adapter -> paths.addAll(adapter.modules().keySet()));
            return new UpdateNorms(workers.map(List.copyOf(paths), path -> products(path, adapters)));
        } finally {
            adapters.forEach(AdapterFolder::close);
        }
    }

    /** ‖ΔW‖ of {@code cat}: of the weighted sum of the updates. */
    public double ofSum(List<Double> weights) {
        return Math.sqrt(Math.max(
                0, modules.stream().mapToDouble(it -> it.ofSum(weights)).sum()));
    }

    /** ‖ΔW‖ of {@code linear}, for adapters of one rank: PEFT adds the factors, so that ΔW has their cross terms. */
    public double ofFactors(List<Double> weights) {
        return Math.sqrt(Math.max(
                0, modules.stream().mapToDouble(it -> it.ofFactors(weights)).sum()));
    }

    private static Products products(String path, List<AdapterFolder> adapters) {
        List<Integer> parts = new ArrayList<>();
        List<Double> scalings = new ArrayList<>();
        List<DMatrixRMaj> as = new ArrayList<>();
        List<DMatrixRMaj> bs = new ArrayList<>();
        for (int i = 0; i < adapters.size(); i++) {
            LoraModule module = adapters.get(i).modules().get(path);
            if (module != null) {
                parts.add(i);
                scalings.add(module.scaling());
                as.add(matrix(adapters.get(i), module.a()));
                bs.add(matrix(adapters.get(i), module.b()));
            }
        }
        return new Products(
                parts,
                scalings,
                pairs(as, (one, other) -> {
                    DMatrixRMaj product = new DMatrixRMaj(one.numRows, other.numRows);
                    return CommonOps_DDRM.multTransB(one, other, product);
                }),
                pairs(bs, (one, other) -> {
                    DMatrixRMaj product = new DMatrixRMaj(one.numCols, other.numCols);
                    return CommonOps_DDRM.multTransA(one, other, product);
                }));
    }

    private static List<List<DMatrixRMaj>> pairs(List<DMatrixRMaj> all, BinaryOperator<DMatrixRMaj> product) {
        return all.stream()
                .map(one -> all.stream().map(other -> product.apply(one, other)).toList())
                .toList();
    }

    private static DMatrixRMaj matrix(AdapterFolder adapter, Factor factor) {
        List<Long> shape = factor.info().dimensions();
        DMatrixRMaj matrix =
                new DMatrixRMaj(shape.getFirst().intValue(), shape.getLast().intValue());
        float[] numbers = adapter.numbers(factor);
        for (int i = 0; i < numbers.length; i++) {
            matrix.data[i] = numbers[i];
        }
        return matrix;
    }
}
