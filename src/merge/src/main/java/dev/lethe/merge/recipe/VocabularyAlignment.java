package dev.lethe.merge.recipe;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.method.TensorSource;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.TensorInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Aligns the rows of embeddings and heads where the vocabularies of the models differ, or their numbers of rows. A token
 * that a model lacks gets the row of the base, else the mean of the models that have it, else zeros. A model also lacks a
 * token whose id is beyond the rows of the tensor, as that of padding often is. Without {@code tokenizer} nothing is
 * aligned, and no row is ever dropped silently.
 */
final class VocabularyAlignment {
    /** A vocabulary with the tokens of all models, in place of that of one. */
    static final String UNION = "union";

    private static final VocabularyAlignment NONE = new VocabularyAlignment(null, Map.of(), null);

    private final @Nullable Vocabulary vocabulary;
    private final Map<OpenModel, Vocabulary> own;
    private final @Nullable OpenModel base;

    private VocabularyAlignment(
            @Nullable Vocabulary vocabulary, Map<OpenModel, Vocabulary> own, @Nullable OpenModel base) {
        this.vocabulary = vocabulary;
        this.own = own;
        this.base = base;
    }

    static VocabularyAlignment of(Recipe recipe, OpenModels models, List<String> problems, List<String> notes) {
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
        boolean union = wanted.equals(UNION);
        if (!problems.isEmpty() || isOne(own, union)) {
            return NONE;
        }
        OpenModel first = source.orElseThrow();
        if (!union) {
            return new VocabularyAlignment(withRows(first, own), own, base);
        }
        Vocabulary result = Objects.requireNonNull(own.get(first))
                .and(models.all().stream().map(model -> withRows(model, own)).toList());
        models.all().forEach(model -> conflict(model, own, result).ifPresent(notes::add));
        return new VocabularyAlignment(result, own, base);
    }

    /** Whether all models have the same tokens, and as many rows; in a union they also have to match them in the same way. */
    private static boolean isOne(Map<OpenModel, Vocabulary> own, boolean union) {
        Stream<?> tokens = own.values().stream().map(tokenizer -> union ? tokenizer : tokenizer.ids());
        return tokens.distinct().count() == 1
                && own.keySet().stream()
                                .map(OpenModel::vocabularyRows)
                                .distinct()
                                .count()
                        == 1;
    }

    private static Optional<String> conflict(OpenModel model, Map<OpenModel, Vocabulary> own, Vocabulary result) {
        List<String> tokens = result.definedOtherwise(Objects.requireNonNull(own.get(model)));
        return tokens.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "%s: its tokenizer matches %d added tokens otherwise, %s for one: that of the first model stays"
                                .formatted(model.model().name(), tokens.size(), tokens.getFirst()));
    }

    /** The tokens of a model for which its embedding has rows. */
    private static Vocabulary withRows(OpenModel model, Map<OpenModel, Vocabulary> own) {
        Vocabulary tokens = Objects.requireNonNull(own.get(model));
        return tokens.below(model.vocabularyRows().orElse(tokens.rows()));
    }

    private static Optional<OpenModel> source(String wanted, OpenModels models, @Nullable OpenModel base) {
        return switch (wanted) {
            case "base" -> Optional.ofNullable(base);
            case UNION -> Optional.of(base == null ? models.all().getFirst() : base);
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

    /** The shape of an aligned tensor. */
    List<Long> shape(TensorInfo info) {
        return List.of(
                (long) Objects.requireNonNull(vocabulary).rows(),
                info.dimensions().getLast());
    }

    /**
     * Whether the rows of a tensor stand for tokens: those of an embedding or a head by its name, and where no layer has it,
     * of one with as many rows as the model's configuration gives its vocabulary.
     */
    boolean aligns(String name, OpenModel model, TensorInfo info) {
        return vocabulary != null
                && isOfVocabulary(
                        name, info, model.vocabularyRows().orElse(tokens(model).rows()));
    }

    private static boolean isOfVocabulary(String name, TensorInfo info, long rows) {
        return info.dimensions().size() == 2
                && (OpenModel.isOfVocabulary(name)
                        || (LayerName.of(name).isEmpty() && info.dimensions().getFirst() == rows));
    }

    private Vocabulary tokens(OpenModel model) {
        return Objects.requireNonNull(own.get(model));
    }

    /** Notes on an aligned tensor: tokens without a row in one model, and in all of them. */
    List<String> notes(String name, List<OpenModel> models, List<TensorInfo> infos) {
        List<String> notes = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
            long rows = infos.get(i).dimensions().getFirst();
            Vocabulary all = tokens(models.get(i));
            int without = all.ids().size() - all.below(rows).ids().size();
            if (without > 0) {
                notes.add("%s: %s: %d of its tokenizer's %d tokens have no row among %d: they count as missing there"
                        .formatted(
                                models.get(i).model().name(),
                                name,
                                without,
                                all.ids().size(),
                                rows));
            }
        }
        Vocabulary wanted = Objects.requireNonNull(vocabulary);
        int[][] rows = rows(models, infos);
        long nowhere = wanted.ids().values().stream()
                .filter(id -> Arrays.stream(rows).allMatch(of -> of[id] < 0))
                .count();
        if (nowhere > 0) {
            notes.add("%s: %d of the result's %d tokens have a row in no model: zeros"
                    .formatted(name, nowhere, wanted.ids().size()));
        }
        return notes;
    }

    /** For each model, its row for each row of the result; −1 where it has none. */
    private int[][] rows(List<OpenModel> models, List<TensorInfo> infos) {
        Vocabulary wanted = Objects.requireNonNull(vocabulary);
        int[][] rows = new int[models.size()][wanted.rows()];
        for (int i = 0; i < rows.length; i++) {
            Arrays.fill(rows[i], -1);
            int[] of = rows[i];
            Map<String, Integer> ids = tokens(models.get(i))
                    .below(infos.get(i).dimensions().getFirst())
                    .ids();
            wanted.ids().forEach((token, id) -> of[id] = ids.getOrDefault(token, -1));
        }
        return rows;
    }

    /** Whether tensors of shapes that differ would fit, were their rows put into one order by token. */
    static boolean wouldHelp(String name, List<OpenModel> models, List<TensorInfo> infos) {
        return IntStream.range(0, infos.size())
                        .allMatch(i -> isOfVocabulary(
                                name,
                                infos.get(i),
                                models.get(i).vocabularyRows().orElse(-1)))
                && infos.stream()
                                .map(info -> info.dimensions().getLast())
                                .distinct()
                                .count()
                        == 1;
    }

    /**
     * A model's tensor with the rows of the result.
     *
     * @param owners the models that have the tensor
     * @param sources it in each of them
     */
    TensorSource aligned(
            OpenModel model, TensorSource typed, List<Long> shape, List<OpenModel> owners, List<TensorSource> sources) {
        List<TensorSource> all = new ArrayList<>(sources);
        int self = owners.indexOf(model);
        all.set(self, typed);
        int[][] rows = rows(owners, all.stream().map(TensorSource::info).toList());
        int first = base == null ? -1 : owners.indexOf(base);
        return new Aligned(TensorInfo.of(Dtype.F32, shape), all, rows, self, first);
    }

    /**
     * @param rows for each source, its row for each row of the result; −1 where it has none
     * @param self index of the source that is aligned
     * @param base index of the source that is asked next; −1 where there is none
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Aligned(TensorInfo info, List<TensorSource> sources, int[][] rows, int self, int base)
            implements TensorSource {
        @Override
        public long bytes() {
            return sources.get(self).bytes();
        }

        @Override
        public void read(long first, float[] target, int count) {
            long width = info.dimensions().getLast();
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
            long width = info.dimensions().getLast();
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
