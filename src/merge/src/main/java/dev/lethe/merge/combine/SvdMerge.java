package dev.lethe.merge.combine;

import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.adapter.LoraModule;
import dev.lethe.merge.method.PreparedMerge;
import dev.lethe.merge.method.Scan;
import dev.lethe.merge.method.TensorGroup;
import dev.lethe.merge.method.TensorSource;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.TensorInfo;
import java.util.ArrayList;
import java.util.List;
import org.ejml.data.DMatrixRMaj;

/** Merges one module's products B·A, and factors the result again with an SVD truncated to a rank. */
final class SvdMerge {
    /** One adapter's part in a module. */
    record WeightedModule(AdapterFolder adapter, LoraModule module, double weight) {}

    private SvdMerge() {}

    /** A weighted sum of products is the product of the concatenated factors: no full-size matrix is needed. */
    static TruncatedSvd ofSum(List<WeightedModule> parts, int rank) {
        int total = parts.stream().mapToInt(part -> part.module().rank()).sum();
        LoraModule first = parts.getFirst().module();
        DMatrixRMaj left = new DMatrixRMaj(rows(first), total);
        DMatrixRMaj right = new DMatrixRMaj(total, columns(first));
        int at = 0;
        for (WeightedModule part : parts) {
            int own = part.module().rank();
            double scale = part.weight() * part.module().scaling();
            float[] a = part.adapter().numbers(part.module().a());
            float[] b = part.adapter().numbers(part.module().b());
            for (int k = 0; k < own; k++) {
                for (int row = 0; row < left.numRows; row++) {
                    left.set(row, at + k, scale * b[row * own + k]);
                }
                for (int column = 0; column < right.numCols; column++) {
                    right.set(at + k, column, a[k * right.numCols + column]);
                }
            }
            at += own;
        }
        return TruncatedSvd.ofProduct(left, right, rank);
    }

    /** Products merged by a method may have any rank, so they are computed in full, one module at a time. */
    static TruncatedSvd ofMerge(List<WeightedModule> parts, AdapterMergeMethod method, int rank) {
        LoraModule first = parts.getFirst().module();
        List<Long> shape = List.of((long) rows(first), (long) columns(first));
        List<TensorSource> products = new ArrayList<>();
        for (WeightedModule part : parts) {
            products.add(new ArrayTensor(TensorInfo.of(Dtype.F32, shape), product(part)));
        }
        double[] weights = parts.stream().mapToDouble(WeightedModule::weight).toArray();
        TensorGroup group =
                new TensorGroup(first.path(), shape, null, products, method.options(weights), Dtype.F32, method.seed());
        float[] merged = new float[rows(first) * columns(first)];
        PreparedMerge prepared = method.tensors().prepare(group, Scan.SEQUENTIAL);
        int[] at = {0};
        group.chunking()
                .chunks()
                .forEach(chunk -> prepared.merge(chunk, (block, count) -> {
                    System.arraycopy(block, 0, merged, at[0], count);
                    at[0] += count;
                }));
        return RandomizedSvd.of(merged, rows(first), columns(first), rank);
    }

    /** s·B·A in float32. */
    private static float[] product(WeightedModule part) {
        LoraModule module = part.module();
        TensorInfo info = TensorInfo.of(Dtype.F32, rows(module), columns(module));
        ArrayTensor zero = new ArrayTensor(info, new float[Math.toIntExact(info.elements())]);
        // An embedding's product is taken as B·A too, as PEFT decomposes it.
        LoraModule plain =
                new LoraModule(module.path(), module.a(), module.b(), false, module.rank(), module.scaling(), null);
        float[] product = new float[zero.numbers().length];
        new AdaptedTensor(zero, part.adapter(), plain).read(0, product, product.length);
        return product;
    }

    private static int rows(LoraModule module) {
        return module.b().info().dimensions().getFirst().intValue();
    }

    private static int columns(LoraModule module) {
        return module.a().info().dimensions().getLast().intValue();
    }
}
