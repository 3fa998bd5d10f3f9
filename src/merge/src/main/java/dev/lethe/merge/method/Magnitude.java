package dev.lethe.merge.method;

import java.util.Arrays;
import java.util.List;

/** Trimming by magnitude: the ⌊density · n⌋ largest of each input stay. */
final class Magnitude {
    private Magnitude() {}

    /** One trim for each input of a group, its density in the options. */
    static List<? extends Trim> trim(Group group, Sweep sweep, boolean atLeastOne) {
        Pieces pieces = group.pieces();
        long[] k = Arrays.stream(group.options().numbers("density"))
                .mapToLong(density -> kept(density, pieces.size(), atLeastOne))
                .toArray();
        return Selection.largest(Derived.differences(group), pieces, sweep, k);
    }

    /** Truncated in double precision as the references do: 0.29 of 100 is 28. */
    static long kept(double density, long size, boolean atLeastOne) {
        if (density >= 1) {
            return size;
        }
        long k = (long) (density * (double) size);
        return atLeastOne && density > 0 && size > 0 ? Math.max(1, k) : k;
    }
}
