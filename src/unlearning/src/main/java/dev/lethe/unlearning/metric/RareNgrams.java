package dev.lethe.unlearning.metric;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The word groups of a text that say where it comes from: three neighbouring words (all of a shorter text) and numbers longer
 * than a year, as far as they stand in no text that anybody may know. Words are those of {@link RougeTokenizer#UNICODE}.
 *
 * @param common what stands in such texts
 */
public record RareNgrams(Set<List<String>> common) {
    private static final int WORDS = 3;
    private static final int DIGITS = 5;

    /** @param known texts whose word groups give nothing away */
    public static RareNgrams unlike(Stream<String> known) {
        Set<List<String>> common = new HashSet<>();
        known.map(RougeTokenizer.UNICODE::of).forEach(words -> {
            for (int n = 1; n <= WORDS; n++) {
                common.addAll(groups(words, n));
            }
        });
        return new RareNgrams(common);
    }

    /** Those of a text, each once; none where all of it is known. */
    public Set<List<String>> of(String text) {
        List<String> words = RougeTokenizer.UNICODE.of(text);
        Set<List<String>> rare = new HashSet<>(groups(words, Math.min(WORDS, words.size())));
        words.stream().filter(RareNgrams::isLongNumber).map(List::of).forEach(rare::add);
        rare.removeAll(common);
        return rare;
    }

    /** Every word group that stands in any of these texts, for a look-up of what {@link #of} gives. */
    public static Set<List<String>> in(Collection<String> texts) {
        return unlike(texts.stream()).common;
    }

    private static List<List<String>> groups(List<String> words, int n) {
        return n == 0
                ? List.of()
                : Stream.iterate(0, i -> i + n <= words.size(), i -> i + 1)
                        .map(i -> List.copyOf(words.subList(i, i + n)))
                        .toList();
    }

    private static boolean isLongNumber(String word) {
        return word.chars().filter(Character::isDigit).count() >= DIGITS;
    }
}
