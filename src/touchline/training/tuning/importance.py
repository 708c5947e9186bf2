"""Which settings made the difference between the best trials and the rest."""

import optuna
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.trial import TrialState

FEWEST_TRIALS = 12
BEST_SHARE = 0.25


def importances(study: optuna.Study) -> dict[str, float]:
    """The share of each setting in what sets the best quarter of the complete trials apart.

    PED-ANOVA (Watanabe, Bansal and Hutter, IJCAI 2023): how far the values of the best trials are
    from evenly spread over the space, one setting at a time. Not from those of all trials: TPE soon
    tries little else than what was good, which would hide the very settings that mattered most.

    Returns:
        Shares by setting, the largest first, with sum 1; empty where fewer than 12 trials are
        complete or all have the same score, which tells nothing.
    """
    scores = [t.value for t in study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))]
    if len(scores) < FEWEST_TRIALS or len(set(scores)) == 1:
        return {}
    evaluator = PedAnovaImportanceEvaluator(target_quantile=BEST_SHARE, evaluate_on_local=False)
    return get_param_importances(study, evaluator=evaluator)
