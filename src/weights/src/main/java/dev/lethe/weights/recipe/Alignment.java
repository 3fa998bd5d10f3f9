package dev.lethe.weights.recipe;

import dev.lethe.weights.InvalidInput;
import dev.lethe.weights.method.Source;
import dev.lethe.weights.safetensors.Dtype;
import dev.lethe.weights.safetensors.TensorInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the rows of embeddings and heads are brought into one order where the models' vocabularies differ. A token that a
 * model lacks has the base's row, else the row of the only model that has it, else the mean of those that do. Without {@code
 * tokenizer} nothing is aligned, and nothing is ever cut off in silence.
 */
final class Alignment {
    private static final Alignment NONE = new Alignment(null, Map.of(), null);

    private final @Nullable Vocabulary vocabulary;
    private final Map<OpenModel, Vocabulary> own;
    private final @Nullable OpenModel base;

    private Alignment(@Nullable Vocabulary vocabulary, Map<OpenModel, Vocabulary> own, @Nullable OpenModel base) {
        this.vocabulary = vocabulary;
        this.own = own;
        this.base = base;
    }

    static Alignment of(Recipe recipe, Models models, List<String> problems) {
        String wanted = recipe.tokenizer();
        if (wanted == null) {
            return NONE;
        }
        Map<OpenModel, Vocabulary> own = new HashMap<>();
        for (OpenModel model : models.all()) {
            try {
                own.put(model, Vocabulary.read(model.path()));
            } catch (InvalidInput e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        OpenModel base = recipe.base() == null ? null : models.of(recipe.base());
        Optional<OpenModel> source = source(wanted, models, base);
        if (source.isEmpty()) {
            String expected = "base (of a merge that has one), union or model:NAME with the name of an input";
            problems.add(String.valueOf(
                    InvalidInput.at("merge", "tokenizer", wanted, expected).getMessage()));
        }
        if (!problems.isEmpty() || own.values().stream().distinct().count() == 1) {
            return NONE;
        }
        Vocabulary first = Objects.requireNonNull(own.get(source.orElseThrow()));
        List<Vocabulary> others = models.all().stream().map(own::get).toList();
        return new Alignment(wanted.equals("union") ? first.and(others) : first, own, base);
    }

    private static Optional<OpenModel> source(String wanted, Models models, @Nullable OpenModel base) {
        return switch (wanted) {
            case "base" -> Optional.ofNullable(base);
            case "union" -> Optional.of(base == null ? models.all().getFirst() : base);
            default ->
                models.all().stream()
                        .filter(model -> wanted.equals("model:" + model.model().name()))
                        .findFirst();
        };
    }

    /** The vocabulary of the result; null where it is that of the model whose settings it has. */
    @Nullable
    Vocabulary vocabulary() {
        return vocabulary;
    }

    /** Rows of an aligned tensor. */
    long rows() {
        return Objects.requireNonNull(vocabulary).rows();
    }

    /** Whether a tensor of a model has a row for each token. */
    boolean aligns(OpenModel model, TensorInfo info) {
        Vocabulary tokens = own.get(model);
        return vocabulary != null
                && tokens != null
                && info.dimensions().size() == 2
                && info.dimensions().getFirst() == model.vocabularyRows(tokens.rows());
    }

    /** Whether shapes differ in the first dimension alone. */
    boolean mayBeVocabulary(List<TensorInfo> kinds) {
        return kinds.stream().allMatch(kind -> kind.dimensions().size() == 2)
                && kinds.stream()
                                .map(kind -> kind.dimensions().getLast())
                                .distinct()
                                .count()
                        == 1;
    }

    /** A model's tensor with the rows of the result. */
    Source aligned(OpenModel model, Source typed, List<Long> shape, List<OpenModel> owners, List<Source> sources) {
        Vocabulary wanted = Objects.requireNonNull(vocabulary);
        List<Source> all = new ArrayList<>(sources);
        int self = owners.indexOf(model);
        all.set(self, typed);
        int[][] rows = new int[owners.size()][wanted.rows()];
        for (int i = 0; i < rows.length; i++) {
            Arrays.fill(rows[i], -1);
            Vocabulary tokens = Objects.requireNonNull(own.get(owners.get(i)));
            int[] of = rows[i];
            wanted.ids().forEach((token, id) -> of[id] = tokens.ids().getOrDefault(token, -1));
        }
        int first = base == null ? -1 : owners.indexOf(base);
        return new Aligned(TensorInfo.of(Dtype.F32, shape), all, rows, self, first);
    }

    /**
     * @param rows for each source, its row for each row of the result; −1 where it has none
     * @param self index of the source that is aligned
     * @param base index of the source that is asked next; −1 where there is none
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Aligned(TensorInfo kind, List<Source> sources, int[][] rows, int self, int base) implements Source {
        @Override
        public long bytes() {
            return sources.get(self).bytes();
        }

        @Override
        public void read(long first, float[] target, int count) {
            long width = kind.dimensions().getLast();
            float[] part = new float[count];
            for (int done = 0; done < count; ) {
                int row = (int) ((first + done) / width);
                long column = (first + done) % width;
                int length = (int) Math.min(width - column, count - done);
                readRow(row, column, part, length);
                System.arraycopy(part, 0, target, done, length);
                done += length;
            }
        }

        private void readRow(int row, long column, float[] part, int length) {
            long width = kind.dimensions().getLast();
            for (int preferred : new int[] {self, base}) {
                if (preferred >= 0 && rows[preferred][row] >= 0) {
                    sources.get(preferred).read(rows[preferred][row] * width + column, part, length);
                    return;
                }
            }
            float[] sum = new float[length];
            int owners = 0;
            for (int i = 0; i < rows.length; i++) {
                if (rows[i][row] >= 0) {
                    sources.get(i).read(rows[i][row] * width + column, part, length);
                    owners++;
                    for (int j = 0; j < length; j++) {
                        sum[j] += part[j];
                    }
                }
            }
            for (int j = 0; j < length; j++) {
                part[j] = owners == 0 ? 0 : sum[j] / owners;
            }
        }
    }
}
