package dev.lethe.merge.recipe;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.merge.method.Methods;
import dev.lethe.merge.recipe.ParameterSetting.Cases;
import dev.lethe.merge.recipe.ParameterSetting.Constant;
import dev.lethe.merge.recipe.ParameterSetting.Gradient;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A recipe as one line of JSON, without paths: the same for the same merge on any machine. */
final class RecipeJson {
    private static final JsonMapper JSON = new JsonMapper();

    private RecipeJson() {}

    static String of(Recipe recipe) {
        ObjectNode json = JSON.createObjectNode();
        json.put("method", Methods.canonical(recipe.method()));
        json.put("semantics", recipe.semantics().text());
        json.put("base", recipe.base() == null ? null : recipe.base().name());
        json.put("dtype", recipe.dtype() == null ? null : recipe.dtype().name());
        json.put(
                "outDtype", recipe.outDtype() == null ? null : recipe.outDtype().name());
        json.put("missing", recipe.missing().name().toLowerCase(Locale.ROOT));
        json.put("tokenizer", recipe.tokenizer());
        json.put("seed", recipe.seed());
        json.set("parameters", parameters(recipe.parameters()));
        ArrayNode slices = json.putArray("slices");
        for (Recipe.Slice slice : recipe.slices()) {
            ObjectNode one = slices.addObject();
            one.set("parameters", parameters(slice.parameters()));
            ArrayNode sources = one.putArray("sources");
            for (Recipe.SliceSource part : slice.sources()) {
                ObjectNode source = sources.addObject();
                source.put("model", part.model().name());
                source.put(
                        "layers",
                        part.layers() == null
                                ? null
                                : part.layers().first() + "-" + part.layers().end());
                source.set("parameters", parameters(part.parameters()));
            }
        }
        return json.toString();
    }

    private static ObjectNode parameters(Map<String, ParameterSetting> parameters) {
        ObjectNode json = JSON.createObjectNode();
        new TreeMap<>(parameters).forEach((name, setting) -> json.putPOJO(name, plain(setting)));
        return JSON.valueToTree(json);
    }

    private static Object plain(ParameterSetting setting) {
        return switch (setting) {
            case Constant constant -> constant.value();
            case Gradient gradient -> gradient.values();
            case Cases cases -> cases.cases().stream().map(RecipeJson::plain).toList();
        };
    }

    private static Map<String, Object> plain(ParameterSetting.Case one) {
        Map<String, Object> plain = new LinkedHashMap<>();
        plain.put("filter", one.filter());
        plain.put("value", plain(one.value()));
        return plain;
    }
}
