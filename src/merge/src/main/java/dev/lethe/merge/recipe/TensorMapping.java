package dev.lethe.merge.recipe;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.recipe.Recipe.LayerRange;
import dev.lethe.merge.recipe.Recipe.Model;
import dev.lethe.merge.recipe.Recipe.Slice;
import dev.lethe.merge.recipe.Recipe.SliceSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which tensors the result has, and which tensors of which models each is made of. */
final class TensorMapping {
    private static final List<String> FIRST_TENSORS = List.of("embed", "wte", "wpe");

    private final Recipe recipe;
    private final OpenModels models;
    private final List<String> problems;
    private final SortedMap<String, Target> targets = new TreeMap<>();

    private TensorMapping(Recipe recipe, OpenModels models, List<String> problems) {
        this.recipe = recipe;
        this.models = models;
        this.problems = problems;
    }

    /**
     * A tensor of the result.
     *
     * @param depth of its layer, from 0 to 1
     * @param names the tensor's name in each source of the slice
     */
    record Target(Slice slice, double depth, List<String> names) {}

    static SortedMap<String, Target> of(Recipe recipe, OpenModels models, List<String> problems) {
        TensorMapping mapping = new TensorMapping(recipe, models, problems);
        boolean whole = recipe.slices().size() == 1
                && recipe.slices().getFirst().sources().stream().allMatch(source -> source.layers() == null);
        if (whole) {
            mapping.whole(recipe.slices().getFirst());
        } else {
            mapping.stacked();
        }
        return mapping.targets;
    }

    /** All tensors of all models under their own names; a base that is not among the models is one more. */
    private void whole(Slice given) {
        Slice slice = withBase(recipe, given);
        SortedSet<String> names = new TreeSet<>();
        slice.sources().forEach(source -> names.addAll(models.of(source.model()).names()));
        Map<String, Integer> last = new HashMap<>();
        names.forEach(
                name -> LayerName.of(name).ifPresent(layer -> last.merge(layer.before(), layer.layer(), Math::max)));
        for (String name : names) {
            double depth = LayerName.of(name)
                    .map(layer -> depth(layer.layer(), last.get(layer.before()) + 1))
                    .orElse(0.0);
            targets.put(
                    name,
                    new Target(
                            slice,
                            depth,
                            slice.sources().stream().map(source -> name).toList()));
        }
    }

    /** A slice with its base among the sources. */
    static Slice withBase(Recipe recipe, Slice slice) {
        Model base = slice.base() == null ? recipe.base() : slice.base();
        if (base == null
                || slice.sources().stream().anyMatch(source -> source.model().sameAs(base))) {
            return slice;
        }
        List<SliceSource> sources = new ArrayList<>(slice.sources());
        sources.add(new SliceSource(base, null, Map.of()));
        return new Slice(sources, slice.base(), slice.parameters());
    }

    private static double depth(int layer, int layers) {
        return layers == 1 ? 1 : (double) layer / (layers - 1);
    }

    /** Layers of one list, one slice after the other; what is in no layer comes from the first slice or the last. */
    private void stacked() {
        String list = layerList();
        int next = 0;
        for (Slice slice : recipe.slices()) {
            int count = countOf(slice, list);
            for (int i = 0; i < count; i++) {
                layer(slice, list, i, depth(i, count), next++);
            }
        }
        for (boolean first : new boolean[] {true, false}) {
            Slice slice = first ? recipe.slices().getFirst() : recipe.slices().getLast();
            for (String name : names(slice)) {
                if (LayerName.of(name).isEmpty()
                        && first == FIRST_TENSORS.stream().anyMatch(name::contains)) {
                    targets.put(
                            name,
                            new Target(
                                    slice,
                                    0,
                                    slice.sources().stream().map(source -> name).toList()));
                }
            }
        }
    }

    private SortedSet<String> names(Slice slice) {
        SortedSet<String> names = new TreeSet<>();
        slice.sources().forEach(source -> names.addAll(models.of(source.model()).names()));
        return names;
    }

    /** The one numbered list that the models have. */
    private String layerList() {
        SortedSet<String> lists = new TreeSet<>();
        recipe.slices().forEach(slice -> names(slice)
                .forEach(name -> LayerName.of(name).ifPresent(layer -> lists.add(layer.before()))));
        if (lists.size() != 1) {
            problems.add(problem("slices", "the numbered lists " + lists, "models with one list of layers"));
        }
        return lists.isEmpty() ? "" : lists.first();
    }

    private int countOf(Slice slice, String list) {
        SortedSet<Integer> counts = new TreeSet<>();
        for (SliceSource source : slice.sources()) {
            int layers = layersOf(source, list);
            LayerRange range = rangeOf(source, list);
            if (range.first() < 0 || range.end() > layers || range.count() < 0) {
                String found = "[%d, %d]".formatted(range.first(), range.end());
                problems.add(problem(
                        "layer_range of " + source.model().name(), found, "a part of its %d layers".formatted(layers)));
                return 0;
            }
            counts.add(range.count());
        }
        if (counts.size() != 1) {
            problems.add(problem("slices", "parts of %s layers".formatted(counts), "as many layers of each model"));
            return 0;
        }
        return counts.first();
    }

    private LayerRange rangeOf(SliceSource source, String list) {
        return source.layers() == null ? new LayerRange(0, layersOf(source, list)) : source.layers();
    }

    private int layersOf(SliceSource source, String list) {
        return models.of(source.model()).names().stream()
                .flatMap(name -> LayerName.of(name).stream())
                .filter(layer -> layer.before().equals(list))
                .mapToInt(layer -> layer.layer() + 1)
                .max()
                .orElse(0);
    }

    private void layer(Slice slice, String list, int offset, double depth, int next) {
        SortedSet<String> endings = new TreeSet<>();
        for (SliceSource source : slice.sources()) {
            int layer = rangeOf(source, list).first() + offset;
            models.of(source.model()).names().stream()
                    .flatMap(name -> LayerName.of(name).stream())
                    .filter(name -> name.before().equals(list) && name.layer() == layer)
                    .forEach(name -> endings.add(name.after()));
        }
        for (String ending : endings) {
            LayerName name = new LayerName(list, next, ending);
            List<String> sources = slice.sources().stream()
                    .map(source ->
                            name.at(rangeOf(source, list).first() + offset).text())
                    .toList();
            targets.put(name.text(), new Target(slice, depth, sources));
        }
    }

    private static String problem(String field, String found, String expected) {
        return String.valueOf(InvalidInput.at("merge", field, found, expected).getMessage());
    }
}
