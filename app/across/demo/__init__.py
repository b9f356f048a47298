"""The demonstration world: invented people in a real province's plan, made by playing the actions.

cast    the accounts and organisations everyone signs in with
plays/  one file per stage: functions that play that stage's acts in order and return what they made
world   which plays are played, when: projects in every state over three years
"""
