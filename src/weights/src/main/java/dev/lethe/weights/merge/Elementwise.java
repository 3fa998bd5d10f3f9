package dev.lethe.weights.merge;

import dev.lethe.weights.InvalidInput;
import java.util.List;

/**
 * Methods that merge element by element: prune each input, then combine what is aligned. On LoRA factors they work on A
 * and on B alone, A weighted with sgn(s)·√|s| and B with √|s| as PEFT does; the product has cross terms and is not the
 * weighted sum of the products.
 *
 * @param pruning which elements of an input count
 * @param kernel how aligned elements become one
 */
public record Elementwise(Pruning pruning, BlockKernel kernel) implements MergeMethod {
    @Override
    public FactorWeights split(double s) {
        double root = Math.sqrt(Math.abs(s));
        return new FactorWeights((float) (s >= 0 ? root : -root), (float) root);
    }

    @Override
    public List<Long> mergedShape(String where, List<List<Long>> shapes, int axis) {
        if (shapes.stream().distinct().count() != 1) {
            throw InvalidInput.at(where, "shape", shapes.toString(), "the same shape and rank in every input");
        }
        return shapes.getFirst();
    }

    @Override
    public TensorMerge prepare(List<WeightedTensor> inputs, int axis) {
        return new Prepared(inputs, inputs.stream().map(pruning::cut).toList(), kernel);
    }

    private record Prepared(List<WeightedTensor> inputs, List<Cut> cuts, BlockKernel kernel) implements TensorMerge {
        @Override
        public long merge(long first, int count, float[] merged) {
            float[][] blocks = new float[inputs.size()][count];
            float[] weights = new float[inputs.size()];
            for (int i = 0; i < blocks.length; i++) {
                inputs.get(i).read(first, blocks[i], count);
                cuts.get(i).apply(first, blocks[i], count);
                weights[i] = inputs.get(i).weight();
            }
            return kernel.merge(blocks, weights, count, merged);
        }

        @Override
        public List<Long> kept() {
            return cuts.stream().map(Cut::kept).toList();
        }

        @Override
        public List<Long> ties() {
            return cuts.stream().map(Cut::ties).toList();
        }
    }
}
