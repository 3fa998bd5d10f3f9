package dev.lethe.unlearning.data;

import dev.lethe.unlearning.metric.TokenScores;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Tells what only a row itself says from what others of its form say, too: a token of an answer is novel where no known row has
 * it after the same two tokens. Rows of one form teach that form, and with it the other tokens.
 *
 * @param known the threes of tokens in a row that known rows have
 */
public record NovelTokens(Set<List<Integer>> known) {
    public NovelTokens {
        known = Set.copyOf(known);
    }

    /** Of what these rows tell, prompts included. */
    public static NovelTokens beside(List<EncodedRow> rows) {
        Set<List<Integer>> known = new HashSet<>();
        rows.forEach(row -> {
            for (int i = 0; i < row.length(); i++) {
                known.add(three(row.ids(), i));
            }
        });
        return new NovelTokens(known);
    }

    /**
     * The scores of a row's novel tokens alone.
     *
     * @param scores of the last tokens of the row
     */
    public TokenScores of(EncodedRow row, TokenScores scores) {
        int first = row.length() - scores.size();
        int[] novel = IntStream.range(0, scores.size())
                .filter(i -> !known.contains(three(row.ids(), first + i)))
                .toArray();
        int count = novel.length;
        TokenScores chosen = new TokenScores(new float[count], new boolean[count], new float[count], new float[count]);
        for (int i = 0; i < count; i++) {
            chosen.logProbs()[i] = scores.logProbs()[novel[i]];
            chosen.likeliest()[i] = scores.likeliest()[novel[i]];
            chosen.means()[i] = scores.means()[novel[i]];
            chosen.variances()[i] = scores.variances()[novel[i]];
        }
        return chosen;
    }

    /**
     * How much a model says itself of what only rows tell: the mean of their novel tokens' exact memorisation, 0..1.
     *
     * @param scores of each row, as {@link #of} takes them
     * @return 0 where no row has a novel token
     */
    public double exactMemorization(List<EncodedRow> rows, List<TokenScores> scores) {
        return IntStream.range(0, rows.size())
                .mapToObj(i -> of(rows.get(i), scores.get(i)))
                .filter(it -> it.size() > 0)
                .mapToDouble(TokenScores::exactMemorization)
                .average()
                .orElse(0);
    }

    /** A token with the two before it; −1 stands for what is before the row. */
    private static List<Integer> three(int[] ids, int last) {
        return List.of(last < 2 ? -1 : ids[last - 2], last < 1 ? -1 : ids[last - 1], ids[last]);
    }
}
