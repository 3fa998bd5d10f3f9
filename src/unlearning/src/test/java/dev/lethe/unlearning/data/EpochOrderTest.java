package dev.lethe.unlearning.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.catalog.DataRole;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class EpochOrderTest {
    @Property(tries = 100)
    void everyEpochHasEachRowOnce(
            @ForAll long seed, @ForAll @IntRange(max = 20) int epoch, @ForAll @IntRange(min = 1, max = 300) int n) {
        int[] order = new EpochOrder(seed, true).order(epoch, n);
        assertThat(IntStream.of(order).sorted())
                .containsExactlyElementsOf(IntStream.range(0, n).boxed().toList());
        assertThat(new EpochOrder(seed, true).order(epoch, n)).isEqualTo(order);
        if (n > 50) {
            assertThat(new EpochOrder(seed, true).order(epoch + 1, n)).isNotEqualTo(order);
        }
    }

    @Property(tries = 50)
    void partnersAreRetainRows(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int retain) {
        EpochOrder order = new EpochOrder(seed, false);
        int[] all = order.partners(DataRole.RETAIN, 3, IntStream.range(0, 100).toArray(), retain);
        assertThat(IntStream.of(all)).allMatch(i -> i >= 0 && i < retain);
        assertThat(order.partners(DataRole.RETAIN, 3, new int[] {70, 7}, retain))
                .as("whichever rows are asked for together")
                .containsExactly(all[70], all[7]);
        assertThat(order.order(7, 5)).containsExactly(0, 1, 2, 3, 4);
    }
}
