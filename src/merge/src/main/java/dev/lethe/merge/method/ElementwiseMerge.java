package dev.lethe.merge.method;

import java.util.ArrayList;
import java.util.List;

/**
 * Masks each input, and combines aligned elements.
 *
 * @param differences whether inputs are taken as differences from the base
 * @param masks one for each input
 * @param block elements of a block, whole rows where a mask or the kernel needs them
 */
record ElementwiseMerge(
        TensorGroup group, boolean differences, List<? extends Mask> masks, int block, BlockKernel.Factory kernel)
        implements PreparedMerge {
    /** Differences from the base, masked. */
    static ElementwiseMerge differences(TensorGroup group, List<? extends Mask> masks, BlockKernel.Factory kernel) {
        return new ElementwiseMerge(group, true, masks, Chunking.BLOCK, kernel);
    }

    /** The inputs as they are. */
    static ElementwiseMerge values(TensorGroup group, BlockKernel.Factory kernel) {
        return new ElementwiseMerge(group, false, unmasked(group), Chunking.BLOCK, kernel);
    }

    static List<Mask> unmasked(TensorGroup group) {
        return group.inputs().stream()
                .map(input -> Mask.none(group.chunking().size()))
                .toList();
    }

    @Override
    public long merge(Chunk chunk, Sink sink) {
        AlignedBlocks blocks = new AlignedBlocks(group, chunk, block);
        BlockKernel formula = kernel.open(block);
        List<Mask.Cursor> cursors = new ArrayList<>();
        masks.forEach(mask -> cursors.add(mask.begin(chunk)));
        float[] merged = new float[block];
        long cancellations = 0;
        for (long first = chunk.first(); first < chunk.end(); first += block) {
            int count = (int) Math.min(block, chunk.end() - first);
            if (differences) {
                blocks.read(first, count);
            } else {
                blocks.readValues(first, count);
            }
            for (int i = 0; i < cursors.size(); i++) {
                cursors.get(i).apply(first, blocks.inputs()[i], count);
            }
            cancellations += formula.merge(blocks.base(), blocks.inputs(), count, merged);
            sink.accept(merged, count);
        }
        return cancellations;
    }

    @Override
    public List<Long> kept() {
        return masks.stream().map(Mask::kept).toList();
    }

    @Override
    public List<Long> ties() {
        return masks.stream().map(Mask::ties).toList();
    }
}
