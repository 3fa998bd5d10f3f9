package dev.lethe.merge.method;

import java.util.ArrayList;
import java.util.List;

/**
 * Trims each input and combines what is aligned.
 *
 * @param differences whether inputs are taken as differences from the base
 * @param trims one for each input
 * @param block elements of a block, whole rows where a trim or the kernel needs them
 */
record Elementwise(Group group, boolean differences, List<? extends Trim> trims, int block, BlockKernel.Factory kernel)
        implements Prepared {
    /** Differences from the base, trimmed. */
    static Elementwise differences(Group group, List<? extends Trim> trims, BlockKernel.Factory kernel) {
        return new Elementwise(group, true, trims, Pieces.BLOCK, kernel);
    }

    /** The inputs as they are, nothing trimmed. */
    static Elementwise values(Group group, BlockKernel.Factory kernel) {
        return new Elementwise(group, false, untrimmed(group), Pieces.BLOCK, kernel);
    }

    static List<Trim> untrimmed(Group group) {
        return group.inputs().stream()
                .map(input -> Trim.none(group.pieces().size()))
                .toList();
    }

    @Override
    public long merge(Piece piece, Sink sink) {
        AlignedBlocks blocks = new AlignedBlocks(group, piece, block);
        BlockKernel formula = kernel.open(block);
        List<Trim.Cursor> cursors = new ArrayList<>();
        trims.forEach(trim -> cursors.add(trim.begin(piece)));
        float[] merged = new float[block];
        long cancellations = 0;
        for (long first = piece.first(); first < piece.end(); first += block) {
            int count = (int) Math.min(block, piece.end() - first);
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
        return trims.stream().map(Trim::kept).toList();
    }

    @Override
    public List<Long> ties() {
        return trims.stream().map(Trim::ties).toList();
    }
}
